using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;
using TokenKit.Placement;
using TokenKit.Refresh.Map;
using TokenKit.Source.Flight;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class PrintedSecretsTests
{
    private const string Secret = "s3cr3t-value-of-a-token";

    // Names of text members that a generated ToString must not print: what they hold may be a secret.
    private static readonly string[] Suspicious = ["Text", "Literal", "Body", "Content", "AccessToken", "RefreshToken", "Secret", "Password", "Code"];

    [Fact]
    public void No_record_prints_a_text_that_may_be_a_secret_with_a_generated_ToString()
    {
        var printing = typeof(SecretText).Assembly.GetTypes()
            .Where(type => type.GetMethod("ToString", Type.EmptyTypes) is { } print
                && print.DeclaringType == type
                && print.IsDefined(typeof(CompilerGeneratedAttribute)))
            .ToList();

        printing.Should().HaveCountGreaterThan(20);
        printing.SelectMany(type => type.GetProperties().Where(MayHoldASecret).Select(property => $"{type.Name}.{property.Name}"))
            .Should().BeEmpty("a record prints every member; override ToString");
    }

    [Fact]
    public void Whatever_holds_a_secret_prints_none()
    {
        var text = new SecretText(Secret);
        var value = new TokenValue(Secret, isSecret: true);
        var values = ImmutableDictionary<string, TokenValue>.Empty.Add("session", value);
        var set = new TokenSet { AccessToken = text, RefreshToken = text, Values = values };
        var candidate = new TokenCandidate { AccessToken = text, RefreshToken = text, Values = values };
        var placed = new PlacedToken([new("Authorization", Secret)], [new("key", Secret)], null);
        var bytes = Encoding.UTF8.GetBytes(Secret);
        object[] holders =
        [
            text, value, set, candidate, placed,
            new TokenSeed(Secret) { AccessToken = text, Values = values },
            new TokenSeed { AccessToken = text },
            new TokenAnswer(200, ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("X-Session", [Secret]), bytes),
            new SecretEntry { Value = bytes, Version = 1 },
            new SecretWrite(bytes, SecretCondition.Any),
            new PendingSeed("hash", text, text),
            new MappedAnswer(candidate, text),
            new UsableToken(set, default, placed),
            new StoredTokenSet(TokenRecord.Of(set, default), new ClockReading(0, DateTimeOffset.UnixEpoch), 1, 1, 1, IsLocked: false),
            TemplateResult.Rendered(Secret),
            TemplatePart.Text(Secret, 0),
            (TextList)Secret,
            new ExpressionToken(ExpressionTokenKind.Text, 0, 1, Secret),
            (StepResult<TokenCandidate>)candidate,
            SeedWith(Secret),
        ];

        holders.Where(holder => holder.ToString()!.Contains("s3cr3t", StringComparison.Ordinal)).Select(holder => holder.GetType().Name)
            .Should().BeEmpty();
    }

    [Fact]
    public void Whatever_holds_a_secret_publicly_is_written_to_JSON_as_asterisks_and_never_read()
    {
        var text = new SecretText(Secret);
        var value = new TokenValue(Secret, isSecret: true);
        var values = ImmutableDictionary<string, TokenValue>.Empty.Add("session", value).Add("host", new TokenValue("api.example.com"));
        var bytes = Encoding.UTF8.GetBytes(Secret);
        object[] holders =
        [
            text, value, new TokenSeed(Secret) { Values = values }, new TokenSeed { AccessToken = text },
            new TokenAnswer(200, ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("X-Session", [Secret]), bytes),
            new SecretEntry { Value = bytes, Version = 1 }, new SecretWrite(bytes, SecretCondition.Any), (TextList)Secret,
        ];

        foreach (var holder in holders)
        {
            JsonSerializer.Serialize(holder, holder.GetType()).Should().Be("\"***\"");
            var reading = () => JsonSerializer.Deserialize("\"***\"", holder.GetType());
            reading.Should().Throw<JsonException>(holder.GetType().Name);
        }

        var set = new TokenSet { AccessToken = text, RefreshToken = text, Values = values };
        var options = new TokenRefreshOptions { Client = { Secret = Secret }, Seed = { RefreshToken = Secret, AccessToken = Secret } };
        object[] around = [set, new TokenCandidate { AccessToken = text, Values = values }, new StoredTokenSet(TokenRecord.Of(set, default), default, 1, 1, 1, IsLocked: false), options];
        foreach (var holder in around)
        {
            var json = JsonSerializer.Serialize(holder, holder.GetType());
            json.Should().NotContain("s3cr3t").And.NotContain(Convert.ToBase64String(bytes));
        }

        JsonSerializer.Serialize(values["host"]).Should().Be("\"api.example.com\"");
        var readingSet = () => JsonSerializer.Deserialize<TokenSet>(JsonSerializer.Serialize(set));
        readingSet.Should().Throw<JsonException>();
    }

    [Fact]
    public void Every_public_type_that_holds_a_secret_itself_carries_the_converter()
    {
        var carrying = typeof(SecretText).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<JsonConverterAttribute>() is not null);

        carrying.Select(type => type.Name).Should().BeEquivalentTo(
            "SecretText", "AccessToken", "TokenValue", "TokenSeed", "TokenAnswer", "SecretEntry", "SecretWrite", "TextList");
        carrying.Should().OnlyContain(type => type.GetCustomAttribute<JsonConverterAttribute>()!.ConverterType == typeof(SecretJsonConverter<>).MakeGenericType(type));
    }

    [Theory]
    [InlineData("***")]
    [InlineData(" *** ")]
    public void What_is_printed_in_the_place_of_a_secret_is_no_seed(string text)
    {
        var seed = () => new TokenSeed(text);

        seed.Should().Throw<ArgumentException>().WithMessage("*printed*");
    }

    private static SeedDefinition SeedWith(string secret) =>
        new() { RefreshToken = [new FixedTemplate(secret)], AccessToken = [new FixedTemplate(secret)], Identity = [new FixedTemplate(secret)] };

    private static bool MayHoldASecret(PropertyInfo property) =>
        (property.PropertyType == typeof(string) && Suspicious.Contains(property.Name))
        || (property.PropertyType == typeof(object) && property.GetIndexParameters().Length == 0);
}
