namespace TokenKit.Simulation.Tests;

/// <summary>Gives leases, and writes whatever comes whenever it comes.</summary>
internal sealed class BlindStore(World world, Machine machine, SharedStore shared) : SimulatedStore(world, machine, shared)
{
    protected override SecretCondition Allowed(SecretCondition condition) => SecretCondition.Any;
}
