"""What strangers may send: damaged and hostile pictures, messages, links and files."""
