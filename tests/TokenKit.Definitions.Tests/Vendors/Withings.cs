namespace TokenKit.Definitions.Tests;

/// <summary>
/// Withings (https://developer.withings.com/api-reference/#tag/oauth2): success and expiry are numbers in the body of a 200, and a
/// refresh token works until the access token that it brought is used, or for eight hours
/// (https://developer.withings.com/developer-guide/v3/integration-guide/dropship-cellular/get-access/access-and-refresh-tokens/).
/// </summary>
internal sealed class Withings : VendorDouble
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(8);
    private (string RefreshToken, DateTimeOffset EndsAt, string UsedWith)? _former;

    public override string Name => "withings";

    public override string TokenUrl => "https://wbsapi.withings.net/v2/oauth2";

    public override TimeSpan Life => TimeSpan.FromHours(3);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["withings-client-secret"] = "s=cret&2", ["withings-refresh"] = "refresh/0" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ReauthorizationRequired;

    public override IReadOnlyList<string> RefusalProvokes => ["form refresh_token"];

    protected override VendorAnswer Success =>
        new(200, """{"status":0,"body":{"updatetime":1690491663,"timezone":"Europe/Paris","measuregrps":[]}}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Post, "measure")
    {
        Content = new FormUrlEncodedContent([new("action", "getmeas"), new("meastype", "1")]),
    };

    public override void Refuse() => (RefreshToken, _former) = ("ended by its user", null);

    protected override void Used(string token) => _former = _former?.UsedWith == token ? null : _former;

    protected override VendorExpectation CallWith(string token) => new("POST", "https://wbsapi.withings.net/measure")
    {
        Headers = [("authorization", $"Bearer {token}")],
        Form = [("action", "getmeas"), ("meastype", "1")],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) =>
        new(200, """{"status":401,"body":{},"error":"XRequestID: Not provided invalid_token: The access token provided is invalid"}""");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("POST", TokenUrl)
        {
            Form =
            [
                ("action", "requesttoken"), ("grant_type", "refresh_token"), ("client_id", "withings-app"),
                ("client_secret", Secrets["withings-client-secret"]), ("refresh_token", Working(tokenRequest)),
            ],
        };
        switch (FaultOf(tokenRequest, wanted))
        {
            case null:
                break;
            case "form refresh_token":
                return new VendorAnswer(200, """{"status":503,"error":"Invalid Params: invalid refresh_token"}""");
            case "form client_id" or "form client_secret":
                return new VendorAnswer(200, """{"status":503,"error":"Invalid Params: invalid client id/secret"}""");
            default:
                return new VendorAnswer(200, """{"status":503,"error":"Invalid Params"}""");
        }

        var token = Issue("a075f8c1");
        _former = (RefreshToken, Now + Grace, token.Value);
        return new VendorAnswer(200, $$"""
            {"status":0,"body":{"userid":"363","access_token":"{{token.Value}}","refresh_token":"{{Rotate()}}","expires_in":10800,
            "scope":"user.info,user.metrics","csrf_token":"PACnnxwHTaBQOGIV","token_type":"Bearer"} }
            """);
    }

    private string Working(VendorRequest request) =>
        _former is { } former && former.EndsAt > Now && request.Form.Contains(("refresh_token", former.RefreshToken))
            ? former.RefreshToken
            : RefreshToken;
}
