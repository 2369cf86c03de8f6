namespace TokenKit.Benchmarks;

/// <summary>An <see cref="HttpClient"/> and nothing else.</summary>
internal sealed class BareSubject(SubjectSetting setting) : Subject(setting)
{
    public override bool HasGet => false;

    public override bool ReactsToRejection => false;

    protected override HttpClient Client { get; } = ClientOver(setting.Network());

    public override Task GetAsync(int times) => throw new NotSupportedException();
}
