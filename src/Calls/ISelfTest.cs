namespace Ringwright.Calls;

/// <summary>What this installation tries on itself, minute by minute.</summary>
public interface ISelfTest
{
    /// <summary>Those that ran within the last hour; when none did, they run first.</summary>
    ValueTask<IReadOnlyList<SelfTestResult>> ListAsync(CancellationToken stop);
}

/// <param name="Product">What the test is about: "call_control".</param>
/// <param name="Name">"call_control_signalling_runs".</param>
/// <param name="Average">Of the last hour: 1 when each try succeeded, 0 when none did.</param>
public sealed record SelfTestResult(string Product, string Name, double Average);
