using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Values;

/// <summary>What a step hands over: what it made, or why it made nothing.</summary>
internal readonly record struct StepResult<T>
    where T : class
{
    private StepResult(T? value, RefreshFailure? failure) => (Value, Failure) = (value, failure);

    public T? Value { get; }

    public RefreshFailure? Failure { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    public static implicit operator StepResult<T>(T value) => new(value, null);

    public static implicit operator StepResult<T>(RefreshFailure failure) => new(null, failure);
}
