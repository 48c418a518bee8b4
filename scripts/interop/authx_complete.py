"""The complete example of AuthX's page on cookie authentication, verbatim.

Two things were changed: the page's mail addresses (hidden there by its web server) are written
out, and white space at the ends of lines is gone. AuthX is copyright (c) 2021 to present Yezz LLC.
and individual contributors, MIT licence.
"""

from datetime import timedelta
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel
from authx import AuthX, AuthXConfig
from authx.schema import TokenPayload

app = FastAPI(title="Cookie Authentication Example")

# Configure for cookie-based auth
auth_config = AuthXConfig(
    JWT_ALGORITHM="HS256",
    JWT_SECRET_KEY="your-secret-key",
    JWT_TOKEN_LOCATION=["cookies"],
    JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=15),
    JWT_REFRESH_TOKEN_EXPIRES=timedelta(days=30),
    # Cookie settings
    JWT_COOKIE_SECURE=False,  # Set True in production
    JWT_COOKIE_HTTP_ONLY=True,
    JWT_COOKIE_SAMESITE="lax",
    JWT_COOKIE_CSRF_PROTECT=True,
    JWT_CSRF_IN_COOKIES=True,
    JWT_CSRF_METHODS=["POST", "PUT", "PATCH", "DELETE"],
)

auth = AuthX(config=auth_config)
auth.handle_errors(app)

class LoginRequest(BaseModel):
    username: str
    password: str

USERS = {
    "user1": {"password": "password1", "email": "user1@example.com"},
    "user2": {"password": "password2", "email": "user2@example.com"},
}

@app.post("/login")
def login(data: LoginRequest, response: Response):
    """Login and set tokens in cookies."""
    if data.username in USERS and USERS[data.username]["password"] == data.password:
        # Create tokens
        access_token = auth.create_access_token(uid=data.username)
        refresh_token = auth.create_refresh_token(uid=data.username)

        # Set in HTTP-only cookies
        auth.set_access_cookies(access_token, response)
        auth.set_refresh_cookies(refresh_token, response)

        return {"message": "Login successful", "username": data.username}

    raise HTTPException(status_code=401, detail="Invalid credentials")

@app.post("/logout")
def logout(response: Response):
    """Logout and clear cookies."""
    auth.unset_cookies(response)
    return {"message": "Successfully logged out"}

@app.get("/protected")
async def protected_route(payload: TokenPayload = auth.ACCESS_REQUIRED):
    """Protected route - token from cookie."""
    return {
        "message": "Access granted",
        "username": payload.sub,
        "email": USERS.get(payload.sub, {}).get("email"),
    }

@app.post("/posts")
async def create_post(payload: TokenPayload = auth.ACCESS_REQUIRED):
    """Create post - CSRF protection automatic."""
    return {"message": "Post created", "user": payload.sub}

@app.post("/refresh")
async def refresh_token(request: Request, response: Response):
    """Refresh access token."""
    refresh_token = await auth.get_refresh_token_from_request(request)
    payload = auth.verify_token(refresh_token, verify_type=True)

    new_access_token = auth.create_access_token(uid=payload.sub)
    auth.set_access_cookies(new_access_token, response)

    return {"message": "Token refreshed"}
