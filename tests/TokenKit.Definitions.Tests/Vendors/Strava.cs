namespace TokenKit.Definitions.Tests;

/// <summary>
/// Strava (https://developers.strava.com/docs/authentication/): six hours, told as an instant, the same access token while more than an
/// hour of them is left, and a new refresh token with each new access token. Errors name resource and field
/// (https://developers.strava.com/docs/reference/).
/// </summary>
internal sealed class Strava : VendorDouble
{
    public override string Name => "strava";

    public override string TokenUrl => "https://www.strava.com/oauth/token";

    public override TimeSpan Life => TimeSpan.FromHours(6);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["strava-client-secret"] = "5f4dcc3b", ["strava-refresh"] = "refresh/0" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ReauthorizationRequired;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token"];

    protected override VendorAnswer Success => new(200, """{"id":1234567890987654321,"username":"ann"}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "athlete");

    public override void Refuse() => RefreshToken = "ended by its user";

    protected override VendorExpectation CallWith(string token) => new("GET", "https://www.strava.com/api/v3/athlete")
    {
        Headers = [("authorization", $"Bearer {token}")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) =>
        Refused(401, "Authorization Error", "Athlete", "access_token");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form =
            [
                ("client_id", "12345"), ("client_secret", Secrets["strava-client-secret"]), ("grant_type", "refresh_token"),
                ("refresh_token", RefreshToken),
            ],
        };
        switch (FaultOf(tokenRequest, wanted))
        {
            case null:
                break;
            case "form refresh_token":
                return Refused(400, "Bad Request", "RefreshToken", "refresh_token");
            case "form client_id":
                return Refused(400, "Bad Request", "Application", "client_id");
            case "form client_secret":
                return Refused(401, "Authorization Error", "Application", "client_secret");
            default:
                return Refused(400, "Bad Request", "Application", "grant_type");
        }

        var former = Current;
        var token = IssueOrRepeat("a4b945687g", TimeSpan.FromHours(1));
        var refreshToken = token == former ? RefreshToken : Rotate();
        return new VendorAnswer(200, $$"""
            {"token_type":"Bearer","access_token":"{{token.Value}}","expires_at":{{token.EndsAt.ToUnixTimeSeconds()}},
            "expires_in":{{RestOf(token)}},"refresh_token":"{{refreshToken}}"}
            """);
    }

    private static VendorAnswer Refused(int status, string message, string resource, string field) =>
        new(status, $$"""{"message":"{{message}}","errors":[{"resource":"{{resource}}","field":"{{field}}","code":"invalid"}]}""");
}
