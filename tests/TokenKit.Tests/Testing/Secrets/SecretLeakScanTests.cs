using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class SecretLeakScanTests
{
    private const string Secret = "s3cret/with odd+=&\"<ä>chars";

    private readonly SecretLeakScan _scan = new SecretLeakScan().Add("client secret", Secret);

    public static TheoryData<string, string> Writings => new()
    {
        { "plain", Secret },
        { "plain", Secret.ToUpperInvariant() },
        { "form-encoded", WebUtility.UrlEncode(Secret) },
        { "form-encoded", WebUtility.UrlEncode(Secret).ToLowerInvariant() },
        { "percent-encoded", Uri.EscapeDataString(Secret) },
        { "JSON", JsonSerializer.Serialize(Secret) },
        { "HTML", WebUtility.HtmlEncode(Secret) },
        { "hex", Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes($"i:{Secret}")) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes($"id:{Secret}")) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes($"id1:{Secret} and more")) },
        { "base64url", System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"i:{Secret}")) },
        { "fragment", Secret[..16] },
        { "fragment", Secret[^16..] },
    };

    [Theory]
    [MemberData(nameof(Writings))]
    public void A_secret_is_found_in_its_usual_writings(string form, string written)
    {
        var leaks = _scan.In($"before {written} after", "a text");

        leaks.Should().Contain(leak => leak.Secret == "client secret" && leak.Place == "a text");
        leaks.Select(leak => leak.Form).Should().Contain(found => found == form || form.StartsWith(found) || found.StartsWith(form));
    }

    [Fact]
    public void Any_secret_is_found_in_base64_behind_and_before_any_bytes() =>
        Prop.ForAll<NonNull<string>, byte[], byte[]>((text, before, after) =>
        {
            var secret = $"secret{text.Get}";
            var written = Convert.ToBase64String([.. before, .. Encoding.UTF8.GetBytes(secret), .. after]);
            new SecretLeakScan().Add("it", secret).In(written, "text").Should().NotBeEmpty();
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("nothing to see")]
    [InlineData("s3cret/with odd")]
    [InlineData("a1b2c3d4")]
    public void Nothing_is_found_where_nothing_is(string text) => _scan.In(text, "a text").Should().BeEmpty();

    [Fact]
    public void A_short_secret_has_no_fragments() =>
        new SecretLeakScan().Add("short", "a-secret-of-twenty-3c").In("a-secret-of-twenty", "text").Should().BeEmpty();

    [Fact]
    public void A_finding_never_prints_the_secret()
    {
        var logs = new RecordedLogs();
        var logger = logs.CreateLogger<SecretLeakScanTests>();
        logger.Write(LogLevel.Information, 1, Secret);
        logger.Write(LogLevel.Error, 2, "text", null, (Secret, Secret));
        var leaks = _scan.In(logs);

        leaks.Should().NotBeEmpty();
        _scan.In(string.Join('\n', leaks), "the findings").Should().BeEmpty();
        leaks[0].ToString().Should().StartWith("client secret (plain) in log entry Information");
    }

    [Fact]
    public void A_secret_that_would_be_found_by_chance_is_refused()
    {
        var add = () => _scan.Add("pin", "12345");

        add.Should().Throw<ArgumentException>().WithMessage("*'pin'*").And.Message.Should().NotContain("12345");
        _scan.Add("wrapped", new SecretText("wrapped-secret")).In("wrapped-secret", "text").Should().ContainSingle();
    }

    [Fact]
    public void Logs_are_searched_in_text_values_scopes_and_exceptions()
    {
        var logs = new RecordedLogs();
        var logger = logs.CreateLogger<SecretLeakScanTests>();
        logger.Write(LogLevel.Debug, 1, $"in the text: {Secret}");
        logger.Write(LogLevel.Debug, 2, "in a value", null, ("Bytes", Encoding.UTF8.GetBytes(Secret)));
        using (logger.BeginScope(new Dictionary<string, object?> { ["Header"] = new[] { "x", Secret } }))
        {
            logger.Write(LogLevel.Debug, 3, "in the scope");
        }

        logger.Write(LogLevel.Debug, 4, "in the exception", new InvalidOperationException("outer", new ArgumentException(Secret)));
        var places = _scan.In(logs).Select(leak => leak.Place);

        places.Should().Contain(place => place.EndsWith("message")).And.Contain(place => place.EndsWith("value Bytes"))
            .And.Contain(place => place.EndsWith("scope Header")).And.Contain(place => place.Contains("exception InvalidOperationException"));
    }

    [Fact]
    public void Exceptions_are_searched_in_messages_data_and_inner_exceptions()
    {
        _scan.In(new InvalidOperationException("clean")).Should().BeEmpty();
        _scan.In(new InvalidOperationException(Secret)).Should().NotBeEmpty();
        _scan.In(new InvalidOperationException("x") { Data = { ["body"] = Secret } }).Should().ContainSingle().Which.Place.Should().EndWith("data");
        _scan.In(new InvalidOperationException("x") { Data = { ["inner"] = new HttpRequestException(Secret) } }).Should().NotBeEmpty();
        _scan.In(new AggregateException(new InvalidOperationException("x"), new InvalidOperationException("y") { Data = { [Secret] = 1 } }))
            .Should().NotBeEmpty();
    }

    [Fact]
    public void Metrics_are_searched_in_tags()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new RecordedMetrics(services.GetRequiredService<IMeterFactory>());
        var counter = services.GetRequiredService<IMeterFactory>().Create(TokenKitDiagnostics.MeterName).CreateCounter<int>("things");
        counter.Add(1, KeyValuePair.Create<string, object?>("token", "crm"));
        _scan.In(metrics).Should().BeEmpty();

        counter.Add(1, KeyValuePair.Create<string, object?>("token", Secret));

        _scan.In(metrics).Should().ContainSingle().Which.Place.Should().Be("metric things, tag token");
    }

    [Fact]
    public void Activities_are_searched_in_everything_that_is_exported()
    {
        using var source = new ActivitySource("SecretLeakScanTests");
        using var activities = new RecordedActivities(source.Name);
        Action<Activity>[] leaks =
        [
            activity => activity.DisplayName = Secret,
            activity => activity.SetStatus(ActivityStatusCode.Error, Secret),
            activity => activity.TraceStateString = Secret,
            activity => activity.SetTag("tag", Secret),
            activity => activity.AddBaggage("item", Secret),
            activity => activity.AddEvent(new ActivityEvent(Secret)),
            activity => activity.AddEvent(new ActivityEvent("event", tags: new ActivityTagsCollection { ["tag"] = Secret })),
            activity => activity.AddLink(new ActivityLink(default, new ActivityTagsCollection { ["tag"] = Secret })),
        ];
        source.StartActivity("clean")!.Dispose();
        _scan.In(activities).Should().BeEmpty();

        foreach (var leak in leaks)
        {
            using var activity = source.StartActivity("leaky");
            leak(activity!);
        }

        _scan.In(activities).Should().HaveCount(leaks.Length);
    }

    [Fact]
    public void Files_are_searched_in_names_and_in_bytes_of_either_encoding()
    {
        var directory = Directory.CreateTempSubdirectory("tokenkit-leaks-");
        try
        {
            directory.CreateSubdirectory("deep");
            File.WriteAllText(Path.Combine(directory.FullName, "clean"), "nothing");
            _scan.InFiles(directory.FullName).Should().BeEmpty();

            File.WriteAllText(Path.Combine(directory.FullName, "deep", "utf8"), $"x{Secret}");
            File.WriteAllText(Path.Combine(directory.FullName, "utf16"), "x hex " + Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)), Encoding.Unicode);
            File.WriteAllText(Path.Combine(directory.FullName, Uri.EscapeDataString(Secret)), "");
            var leaks = _scan.InFiles(directory.FullName);

            leaks.Select(leak => leak.Place).Should().BeEquivalentTo(
                [$"file {Path.Combine("deep", "utf8")}", "file utf16", "a file's name"]);
            _scan.InFiles(Path.Combine(directory.FullName, "clean")).Should().BeEmpty();
            ((Action)(() => _scan.InFiles(Path.Combine(directory.FullName, "absent")))).Should().Throw<FileNotFoundException>();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Everything_secret_that_passed_through_a_fake_can_be_searched_for()
    {
        var endpoint = new FakeTokenEndpoint();
        endpoint.AddClient("posting", "posted-secret", FakeClientAuthentication.Post);
        using var caller = new TokenEndpointCaller(endpoint);
        await caller.RefreshAsync(endpoint.IssueRefreshToken());
        await caller.PostAsync(null, ("grant_type", "authorization_code"), ("code", "a-wrong-code"), ("code_verifier", "a-verifier"),
            ("client_id", "posting"), ("client_secret", "posted-secret"));
        var scan = new SecretLeakScan().Add(endpoint);
        string[] secrets =
        [
            "access-1", "refresh-1", "refresh-2", "my-app-secret", "posted-secret", "a-wrong-code", "a-verifier",
            TokenEndpointCaller.Default.Parameter!,
        ];

        foreach (var secret in secrets)
        {
            scan.In($"x {secret}", "text").Should().NotBeEmpty(secret);
        }

        scan.In("grant_type=refresh_token by my-app", "text").Should().BeEmpty();
    }
}
