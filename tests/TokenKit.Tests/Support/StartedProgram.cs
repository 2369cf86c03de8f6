using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A program over the platform's own host, which shows what it says when it starts.</summary>
internal sealed class StartedProgram : IDisposable
{
    private readonly IHost _host;

    private StartedProgram(IHost host, RecordedLogs logs) => (_host, Logs) = (host, logs);

    public RecordedLogs Logs { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Configuration as a JSON file gives it.</summary>
    public static IConfigurationRoot Configuration(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    public static StartedProgram Build(Action<IServiceCollection> configure, IConfiguration? configuration = null, string environment = "Development")
    {
        var logs = new RecordedLogs();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        if (configuration is not null)
        {
            builder.Configuration.AddConfiguration(configuration);
        }

        configure(builder.Services);
        return new(builder.Build(), logs);
    }

    /// <summary>The message with which a program does not start; empty where it starts.</summary>
    public static async Task<string> FaultOfAsync(Action<IServiceCollection> configure, IConfiguration? configuration = null, string environment = "Development")
    {
        try
        {
            using var program = Build(configure, configuration, environment);
            await program.StartAsync();
            await program._host.StopAsync();
            return "";
        }
        catch (Exception exception) when (exception is InvalidOperationException or OptionsValidationException or ArgumentException)
        {
            return exception.Message.ReplaceLineEndings("\n");
        }
    }

    public Task StartAsync() => _host.StartAsync();

    public void Dispose() => _host.Dispose();
}
