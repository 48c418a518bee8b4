SELECT * FROM handstamp_sessions WHERE id = $1
