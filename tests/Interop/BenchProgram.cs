using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>The program that measures and soaks, run as the launcher runs it.</summary>
internal static class BenchProgram
{
    private static readonly string Program = Repository.PathOf("artifacts", "bin", "Bench", "release", "Ringwright.Bench.dll");

    /// <returns>The exit code, and what it printed on both of its outputs.</returns>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return (process.ExitCode, await output + await errors);
    }
}
