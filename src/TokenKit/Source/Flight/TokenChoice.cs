using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>What a record is to a definition: whether its grant is the one that is meant, and which of its access tokens serves. Pure.</summary>
/// <param name="Standing">How far it serves.</param>
/// <param name="Token">The access token that serves, where there is one.</param>
internal readonly record struct TokenChoice(RecordStanding Standing, StoredToken? Token)
{
    /// <param name="record">What is stored.</param>
    /// <param name="marks">What the definition means.</param>
    /// <param name="many">Whether the server keeps former access tokens, so that each mark has its own.</param>
    /// <param name="isOfNow">Whether a token was obtained since this process took up its definition.</param>
    public static TokenChoice From(TokenRecord record, TokenMarks marks, bool many, Func<TokenSet, bool> isOfNow)
    {
        if (!record.Last.Marks.Grant.Matches(marks.Grant))
        {
            return new(record.Last.RefreshToken is null ? RecordStanding.Nothing : RecordStanding.OtherGrant, null);
        }

        StoredToken? near = null;
        foreach (var token in record.Tokens)
        {
            var its = token.Set.Marks;
            if (!its.Target.Matches(marks.Target))
            {
                continue;
            }

            if (its.Token.Matches(marks.Token))
            {
                return new(RecordStanding.Own, token);
            }

            if (!many || its.Registration == marks.Registration)
            {
                near ??= token;
            }
        }

        // Two versions of a program that renew one token must not take turns: what the other obtained lately is as good as one's own.
        return near is null ? new(RecordStanding.Own, null)
            : new(!many && isOfNow(near.Set) ? RecordStanding.Own : RecordStanding.DueAtOnce, near);
    }

    /// <summary>What a refresh begins with: the grant with the token that serves.</summary>
    public TokenSet? SetFrom(TokenRecord record, TokenMarks marks)
    {
        if (Standing is RecordStanding.Nothing or RecordStanding.OtherGrant)
        {
            return null;
        }

        var last = record.Last;
        if (Token is null)
        {
            // Values of an earlier answer may say where to ask; the token itself is not for this definition.
            return last.AccessToken is null
                ? last
                : new TokenSet
                {
                    Marks = marks,
                    RefreshToken = last.RefreshToken,
                    RefreshTokenExpiresAt = last.RefreshTokenExpiresAt,
                    SeedHashes = last.SeedHashes,
                    ObtainedAt = last.ObtainedAt,
                    Values = last.Values,
                };
        }

        // The very object where it can be: a process may hold a hundred thousand.
        var set = Token.Set;
        var own = set.Marks.AreSameAs(marks) ? marks : set.Marks.JudgedBy(marks, Standing is RecordStanding.DueAtOnce);
        return ReferenceEquals(set, last)
            ? ReferenceEquals(own, set.Marks) ? set : set with { Marks = own }
            : set with { Marks = own, RefreshToken = last.RefreshToken, RefreshTokenExpiresAt = last.RefreshTokenExpiresAt, SeedHashes = last.SeedHashes };
    }
}

/// <summary>How far what is stored serves a definition.</summary>
internal enum RecordStanding
{
    /// <summary>It is what the definition means, with an access token or without.</summary>
    Own,

    /// <summary>Its access token was obtained for something else that the same definition asked for before: it serves until its successor is there.</summary>
    DueAtOnce,

    /// <summary>As if nothing were stored: tokens of another client or server, which it can do without.</summary>
    Nothing,

    /// <summary>A refresh token of another client or server: it is not to be sent, and not to be lost.</summary>
    OtherGrant,
}
