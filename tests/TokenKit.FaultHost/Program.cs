using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using TokenKit;
using TokenKit.FaultHost;
using TokenKit.Source;

// One process of a fleet: takes its orders from standard input, a line each, answers each with a line, and may be killed or
// stopped at any point. Ends with its input, so that none is left behind when whoever started it dies.
var settings = HostSettings.FromEnvironment();
var clock = new ShiftedTimeProvider { Shift = settings.ClockShift };
await using var provider = TokenRegistration.Build(settings, clock);
await Console.Out.WriteLineAsync("ready");
ITokenSource source;
try
{
    source = provider.GetRequiredKeyedService<ITokenSource>(HostSettings.TokenName);
}
catch (InvalidOperationException refusal)
{
    await Console.In.ReadLineAsync();
    await Console.Out.WriteLineAsync($"refused: {refusal.Message.Split(" '")[0]}");
    return 1;
}

var callers = new Callers(source);

while (await Console.In.ReadLineAsync() is { } order)
{
    var words = order.Split(' ');
    var number = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
    switch (words[0])
    {
        case "call":
            await Console.Out.WriteLineAsync(await callers.CallOnceAsync(number));
            break;
        case "loop":
            callers.StartLoops(number);
            await Console.Out.WriteLineAsync("looping");
            break;
        case "stop":
            await Console.Out.WriteLineAsync(await callers.StopLoopsAsync());
            break;
        case "status":
            var status = provider.GetRequiredKeyedService<ITokenInspector>(HostSettings.TokenName).GetStatus();
            await Console.Out.WriteLineAsync(status is { IsRefreshing: true } or { IsUnsaved: true } ? "busy" : "idle");
            break;
        case "advance":
            clock.Shift += TimeSpan.FromSeconds(number);
            await Console.Out.WriteLineAsync("advanced");
            break;
        default:
            await Console.Error.WriteLineAsync($"unknown order '{order}'");
            return 2;
    }
}

return 0;
