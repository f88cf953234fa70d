using System.Diagnostics;
using System.Globalization;

namespace Ringwright.Bench.Soak.Faults;

/// <summary>Signals that .NET has no name for.</summary>
internal static class Signals
{
    /// <param name="name">As <c>kill</c> knows it, without SIG.</param>
    public static async Task SendAsync(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);     // nobody may stay stopped
    }
}
