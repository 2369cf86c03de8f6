using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Source.Flight;

/// <summary>What a flight goes on with, or the result that ends it.</summary>
/// <remarks>Unlike a failure, a result may be good: another instance's token makes a request needless.</remarks>
internal readonly record struct OrResult<T>
    where T : class
{
    private OrResult(T? next, RefreshResult? result) => (Next, Result) = (next, result);

    public T? Next { get; }

    public RefreshResult? Result { get; }

    [MemberNotNullWhen(true, nameof(Next))]
    [MemberNotNullWhen(false, nameof(Result))]
    public bool GoesOn => Next is not null;

    public static implicit operator OrResult<T>(T next) => new(next, null);

    public static implicit operator OrResult<T>(RefreshResult result) => new(null, result);
}
