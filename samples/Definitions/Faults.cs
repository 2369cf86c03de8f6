using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit;

namespace Definitions;

/// <summary>Puts every registration together, as a host does when it starts, and writes down all that stands in the way.</summary>
internal static class Faults
{
    public static bool AreNone(IServiceProvider services, IEnumerable<string> names, TextWriter errors)
    {
        var none = true;
        foreach (var name in names)
        {
            try
            {
                services.GetRequiredKeyedService<ITokenSource>(name);
            }
            catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
            {
                none = false;
                errors.WriteLine(exception.Message);
            }
        }

        return none;
    }
}
