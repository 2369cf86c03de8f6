using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles how an answer is read.</summary>
internal static class ResponseCompiler
{
    public static ResponseDefinition Compile(CompilationContext context, string path, TokenResponseOptions response)
    {
        CheckFormats(context, path, response);
        var accessToken = Selectors("AccessToken", response.AccessToken, StandardAnswer.AccessToken);
        if (response.AccessToken is { Count: 0 } or [""])
        {
            context.Fault($"{path}.AccessToken", "is an empty list; without an access token there is nothing to keep fresh");
        }

        return new ResponseDefinition
        {
            Format = response.Format,
            Success = context.Expression($"{path}.Success", response.Success, RootSet.Answer),
            AccessToken = accessToken,
            ReadsAnyShape = response.Prolong is not null || accessToken is not [{ Source: StandardAnswer.AccessToken }],
            RefreshToken = Selectors("RefreshToken", response.RefreshToken, StandardAnswer.RefreshToken),
            RefreshTokenRule = response.RefreshTokenRule,
            TokenType = Selectors("TokenType", response.TokenType, StandardAnswer.TokenType),
            Scope = Selectors("Scope", response.Scope, StandardAnswer.Scope),
            IssuedAt = Selectors("IssuedAt", response.IssuedAt, null),
            ExpiresIn = Selectors("ExpiresIn", response.ExpiresIn, StandardAnswer.ExpiresIn),
            ExpiresInUnit = response.ExpiresInUnit switch
            {
                LifetimeUnit.Milliseconds => TimeSpan.FromMilliseconds(1),
                LifetimeUnit.Minutes => TimeSpan.FromMinutes(1),
                LifetimeUnit.Hours => TimeSpan.FromHours(1),
                LifetimeUnit.Days => TimeSpan.FromDays(1),
                _ => TimeSpan.FromSeconds(1),
            },
            ExpiresInFormat = DurationFormat.TryCompile(response.ExpiresInFormat, out var format) ? format : null,
            ExpiresInAllowsDurationText = response.ExpiresIn is not null,
            ExpiresAt = Selectors("ExpiresAt", response.ExpiresAt, null),
            ExpiresAtFormat = response.ExpiresAtFormat,
            Lifetime = response.Lifetime,
            DefaultLifetime = response.DefaultLifetime,
            RefreshIn = Selectors("RefreshIn", response.RefreshIn, null),
            RefreshTokenExpiresIn = Selectors("RefreshTokenExpiresIn", response.RefreshTokenExpiresIn, null),
            RefreshTokenExpiresAt = Selectors("RefreshTokenExpiresAt", response.RefreshTokenExpiresAt, null),
            Values = Values(context, path, response.Values),
            Error = Selectors("Error", response.Error, StandardAnswer.Error),
            ErrorDescription = Selectors("ErrorDescription", response.ErrorDescription, StandardAnswer.ErrorDescription),
            Prolong = response.Prolong,
        };

        ImmutableArray<Expression> Selectors(string key, TextList? written, string? otherwise) =>
            context.Expressions($"{path}.{key}", written is [""] ? [] : written ?? otherwise, RootSet.Answer);
    }

    /// <summary>
    /// Compiles how a token is read that no server sends. Where nothing says how long it lives, a JWT's own <c>exp</c> does.
    /// </summary>
    public static ResponseDefinition CompileLocal(CompilationContext context, TokenResponseOptions response)
    {
        var compiled = Compile(context, "Response", response) with { TokenType = [], RefreshToken = [], Error = [] };
        return response is { Lifetime: null, ExpiresIn: null, ExpiresAt: null }
            ? compiled with { ExpiresAt = [.. compiled.AccessToken.Select(static token => ExpressionParser.Parse($"claim({token.Source}, 'exp')"))] }
            : compiled;
    }

    /// <summary>Compiles what stands for the token where the placement says all there is. Nothing ends unless the definition says so.</summary>
    public static ResponseDefinition CompilePlaced(CompilationContext context, TokenResponseOptions response, string accessToken) =>
        Compile(context, "Response", response) with
        {
            AccessToken = context.Expressions("Placement", accessToken, RootSet.Answer),
            Lifetime = response.Lifetime ?? Timeout.InfiniteTimeSpan,
            TokenType = [],
            RefreshToken = [],
            Error = [],
        };

    /// <summary>Every root that reading an answer reads.</summary>
    public static IEnumerable<ExpressionReference> ReferencesOf(ResponseDefinition response)
    {
        ImmutableArray<ImmutableArray<Expression>> selectors =
        [
            response.AccessToken, response.RefreshToken, response.TokenType, response.Scope, response.IssuedAt, response.ExpiresIn,
            response.ExpiresAt, response.RefreshIn, response.RefreshTokenExpiresIn, response.RefreshTokenExpiresAt, response.Error, response.ErrorDescription,
            .. response.Values.Select(static value => value.Alternatives),
        ];
        return selectors.SelectMany(static selector => selector)
            .Append(response.Success)
            .OfType<Expression>()
            .SelectMany(static expression => expression.References);
    }

    private static ImmutableArray<NamedSelector> Values(CompilationContext context, string path, ResponseValueList values)
    {
        MapNames.Check(context, $"{path}.Values", values.Select(static value => value.Name));
        return
        [
            .. values.Select(value => new NamedSelector(
                value.Name, context.Expressions($"{path}.Values.{value.Name}", value.Expression, RootSet.Answer), value.IsSecret)),
        ];
    }

    private static void CheckFormats(CompilationContext context, string path, TokenResponseOptions response)
    {
        if (response.ExpiresInFormat is { } format && !DurationFormat.TryCompile(format, out _))
        {
            context.Fault($"{path}.ExpiresInFormat", $"is {QuotedText.Of(format)} and must name each of d, h, m, s at most once with something between them, such as d:hh:mm or h:mm:ss");
        }

        if (response.ExpiresAtFormat is not { } dateFormat)
        {
            return;
        }

        if (response.ExpiresAt is null && response.RefreshTokenExpiresAt is null)
        {
            context.Fault($"{path}.ExpiresAtFormat", "is the format of ExpiresAt, which is missing");
        }

        if (!IsDateFormat(dateFormat))
        {
            context.Fault($"{path}.ExpiresAtFormat", $"is {QuotedText.Of(dateFormat)} and must be a date and time format of .NET, such as yyyy-MM-dd HH:mm:ss");
        }
    }

    // A format reads what it wrote, or it is no use for reading.
    private static bool IsDateFormat(string format)
    {
        try
        {
            var written = DateTime.UnixEpoch.ToString(format, CultureInfo.InvariantCulture);
            return DateTimeOffset.TryParseExact(written, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
