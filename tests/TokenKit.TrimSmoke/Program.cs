using TrimSmoke;

// What the linker took away by mistake would be missing here.
string?[] faults = [await CallThroughTheHandler.FaultAsync(), await EndpointsAndPage.FaultAsync()];
Console.WriteLine(faults.All(static fault => fault is null) ? "TokenKit survived trimming." : string.Join(Environment.NewLine, faults.Where(static fault => fault is not null)));
return faults.All(static fault => fault is null) ? 0 : 1;
