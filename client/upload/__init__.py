"""The uploader: learns from disk what to send, sends it in bundles, keeps what is countersigned."""
