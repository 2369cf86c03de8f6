using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TokenKit;

namespace Definitions;

/// <summary>Puts every registration together, as a host does when it starts, and writes down all that stands in the way.</summary>
internal static class Faults
{
    public static async Task<bool> AreNoneAsync(IServiceProvider services, IEnumerable<string> names, TextWriter errors)
    {
        var faults = names.Select(name => FaultOf(services, name)).OfType<string>().ToList();
        if (faults.Count == 0 && await FaultAtStartAsync(services) is { } fault)
        {
            faults.Add(fault);
        }

        foreach (var message in faults)
        {
            await errors.WriteLineAsync(message);
        }

        return faults.Count == 0;
    }

    private static string? FaultOf(IServiceProvider services, string name)
    {
        try
        {
            services.GetRequiredKeyedService<ITokenSource>(name);
            return null;
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            return exception.Message;
        }
    }

    // What concerns several registrations, such as two that need each other's token, is looked for when a host starts.
    private static async Task<string?> FaultAtStartAsync(IServiceProvider services)
    {
        try
        {
            foreach (var check in services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            {
                await check.StartingAsync(CancellationToken.None);
            }

            return null;
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            return exception.Message;
        }
    }
}
