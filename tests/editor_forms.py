"""What a browser sends along with the editor's form of a page, whatever was typed into it."""

# A piece of news without pictures, files or comments.
NEWS_PARTS = {
    "comments-TOTAL_FORMS": 0,
    "comments-INITIAL_FORMS": 0,
    "files-count": 0,
    "pictures-TOTAL_FORMS": 0,
    "pictures-INITIAL_FORMS": 0,
}
