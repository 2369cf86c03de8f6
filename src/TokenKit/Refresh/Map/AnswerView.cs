using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Request;

namespace TokenKit.Refresh.Map;

/// <summary>One answer with everything that is needed to read it.</summary>
/// <param name="Received">The answer and how it was asked for.</param>
/// <param name="Work">What the refresh works with.</param>
/// <param name="Document">Its body.</param>
/// <param name="Selection">Its selectors.</param>
/// <param name="Now">The local wall clock, read once for the whole answer.</param>
internal sealed record AnswerView(
    ReceivedAnswer Received, WorkingSet Work, AnswerDocument Document, AnswerSelection Selection, DateTimeOffset Now)
{
    public TokenAnswer Answer => Received.Answer;

    public int Status => Received.Answer.StatusCode;

    public ExchangeDefinition Exchange => Work.Context.Exchange;

    public ResponseDefinition Response => Exchange.Response;

    public TokenSet? Stored => Work.Context.Stored;

    /// <summary>What masks the server's own words, made when the first of them is to be shown.</summary>
    public Lazy<SecretMask> Mask => field ??= new(() => KnownSecrets.MaskFor(this), LazyThreadSafetyMode.None);

    /// <summary>
    /// The answer by what can be looked for in a body that could not be read as a whole; <see langword="null"/> where that is
    /// nothing.
    /// </summary>
    public AnswerView? Salvage { get; private init; }

    public static AnswerView Of(ReceivedAnswer received, WorkingSet work, DateTimeOffset now, ITokenAnswerReader? reader = null)
    {
        var exchange = work.Context.Exchange;
        var document = AnswerDocument.Read(received.Answer, exchange.Response.Format, reader, exchange.Response.ReadsAnyShape);
        var view = Of(received, work, now, reader, document);
        return document.Salvage is ExpressionValue.AbsentValue
            ? view
            : view with { Salvage = Of(received, work, now, reader, AnswerDocument.Of(document.Salvage, document.Text, fault: null)) };
    }

    private static AnswerView Of(
        ReceivedAnswer received, WorkingSet work, DateTimeOffset now, ITokenAnswerReader? reader, AnswerDocument document)
    {
        var exchange = work.Context.Exchange;
        var selection = new AnswerSelection(new AnswerScope(
            received.Answer, document, received.Values, steps => StepValues.Of(steps, exchange, reader)));
        return new AnswerView(received, work, document, selection, now);
    }

    // A record prints its members, and these are secrets.
    public override string ToString() => Answer.ToString();
}
