namespace TokenKit.Definitions.Tests;

/// <summary>
/// WeChat official account (https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html): secret and token in
/// queries, errors in the body of a 200, and a new token that ends the former five minutes later
/// (https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html).
/// </summary>
internal sealed class WeChat : VendorDouble
{
    private string _secret = "0f1e2d3c";

    public override string Name => "wechat";

    public override string TokenUrl => "https://api.weixin.qq.com/cgi-bin/token";

    public override TimeSpan Life => TimeSpan.FromSeconds(7200);

    public override IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string> { ["wechat-app-secret"] = "0f1e2d3c" };

    public override RefreshFailureReason RefusalMeans => RefreshFailureReason.ClientRejected;

    public override IReadOnlyList<string> RefusalProvokes => ["query secret"];

    protected override VendorAnswer Success => new(200, """{"ip_list":["192.0.2.1","192.0.2.2"]}""");

    public override HttpRequestMessage NewCall() => new(HttpMethod.Get, "get_api_domain_ip");

    public override void Refuse() => _secret = "another";

    protected override string TokenOn(VendorRequest call) =>
        call.Query.Where(static field => field.Name == "access_token").Select(static field => field.Value).FirstOrDefault("");

    protected override VendorExpectation CallWith(string token) => new("GET", "https://api.weixin.qq.com/cgi-bin/get_api_domain_ip")
    {
        Query = [("access_token", token)],
    };

    protected override VendorAnswer Rejection(VendorTokenState state, string token) => new(200, state is VendorTokenState.Expired
        ? """{"errcode":42001,"errmsg":"access_token expired"}"""
        : """{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest"}""");

    protected override VendorAnswer AnswerTo(VendorRequest tokenRequest)
    {
        var wanted = new VendorExpectation("GET", TokenUrl)
        {
            Query = [("grant_type", "client_credential"), ("appid", "wx0123456789abcdef"), ("secret", _secret)],
        };
        switch (FaultOf(tokenRequest, wanted))
        {
            case null:
                break;
            case "query secret":
                return new VendorAnswer(200, """{"errcode":40125,"errmsg":"invalid appsecret"}""");
            case "query appid":
                return new VendorAnswer(200, """{"errcode":40013,"errmsg":"invalid appid"}""");
            default:
                return new VendorAnswer(200, """{"errcode":40002,"errmsg":"invalid grant_type"}""");
        }

        if (Current is { } former && former.EndsAt > Now + TimeSpan.FromMinutes(5))
        {
            former.EndsAt = Now + TimeSpan.FromMinutes(5);
        }

        return new VendorAnswer(200, $$"""{"access_token":"{{Issue("ACCESS_TOKEN_").Value}}","expires_in":7200}""");
    }
}
