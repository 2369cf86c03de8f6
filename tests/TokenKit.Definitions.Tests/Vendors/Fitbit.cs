using System.Text;

namespace TokenKit.Definitions.Tests;

/// <summary>
/// Fitbit (https://dev.fitbit.com/build/reference/web-api/authorization/refresh-token/): Basic authentication, eight hours, a refresh token
/// that works once, and errors in a list
/// (https://dev.fitbit.com/build/reference/web-api/troubleshooting-guide/error-messages/).
/// </summary>
internal sealed class Fitbit : VendorDouble
{
    public override string Name => "fitbit";

    public override string TokenUrl => "https://api.fitbit.com/oauth2/token";

    public override TimeSpan Life => TimeSpan.FromHours(8);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["fitbit-client-secret"] = "c1ient secret", ["fitbit-refresh"] = "refresh/0" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ReauthorizationRequired;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token"];

    protected override VendorAnswer Success => new(200, """{"user":{"encodedId":"ABC123","displayName":"Ann"}}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "user/-/profile.json");

    public override void Refuse() => RefreshToken = "ended by its user";

    protected override VendorExpectation CallWith(string token) => new("GET", "https://api.fitbit.com/1/user/-/profile.json")
    {
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => Refused(
        401,
        state is VendorTokenState.Expired ? "expired_token" : "invalid_token",
        state is VendorTokenState.Expired ? "Access token expired" : "Access token invalid");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Headers = [("authorization", $"Basic {Credentials}")],
            Form = [("grant_type", "refresh_token"), ("refresh_token", RefreshToken)],
        };
        return FaultOf(tokenRequest, wanted) switch
        {
            null => new VendorAnswer(200, $$"""
                {"access_token":"{{Issue("eyJhbGciOiJIUzI1NiJ9.").Value}}","expires_in":28800,"refresh_token":"{{Rotate()}}",
                "scope":"activity heartrate","token_type":"Bearer","user_id":"ABC123"}
                """),
            "form refresh_token" => Refused(400, "invalid_grant", "Refresh token invalid"),
            "header authorization" => Refused(401, "invalid_client", "Invalid authorization header format"),
            _ => Refused(400, "invalid_request", "Missing parameters"),
        };
    }

    private string Credentials => Convert.ToBase64String(Encoding.UTF8.GetBytes($"23ABCD:{Secrets["fitbit-client-secret"]}"));

    private static VendorAnswer Refused(int status, string type, string message) =>
        new(status, $$"""{"errors":[{"errorType":"{{type}}","message":"{{message}}"}],"success":false}""");
}
