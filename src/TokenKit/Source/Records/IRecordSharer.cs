using TokenKit.Values;

namespace TokenKit.Source.Records;

/// <summary>A registration, as the others see it whose token sets are stored in the same records.</summary>
internal interface IRecordSharer
{
    /// <summary>The name of the registration.</summary>
    string Name { get; }

    /// <summary>Whether its definition asks that grants are kept alive without traffic.</summary>
    bool KeepsAlive { get; }

    /// <summary>Whether a refresh token may come to be stored for it.</summary>
    bool MayHoldRefreshToken { get; }

    /// <summary>The record of a subject's token set, as the present definition names it.</summary>
    RecordKey RecordOf(string subject);

    /// <summary>What was stored for a subject was replaced or removed: nothing in memory may bring the former token back.</summary>
    void Forget(string subject);

    /// <summary>Another registration has stored a token of a subject: where this one has such a token in use, it looks at the new one.</summary>
    void LookAgain(string subject, TokenMarks? marks = null);
}
