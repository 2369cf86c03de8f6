using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>Names a scheme that lets in by a stored token.</summary>
internal sealed record StoredTokenScheme(string Name);

/// <summary>Looks at every scheme when the host starts: a fault stops the deployment and not the first request at night, and no generation is missed.</summary>
internal sealed class StoredTokenStart(
    IEnumerable<StoredTokenScheme> schemes, IOptionsMonitor<StoredTokenOptions> options, AcceptedTokens accepted) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var scheme in schemes)
        {
            accepted.Follow(options.Get(scheme.Name));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
