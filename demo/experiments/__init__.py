"""Model + picture + numbers -> a frozen result of plain arrays and numbers. No page, no plot."""
