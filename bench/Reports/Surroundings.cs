using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Ringwright.Bench.Reports;

/// <summary>Where the figures come from: figures of two machines, or of two days, are not comparable.</summary>
internal static class Surroundings
{
    public static string Version { get; } =
        typeof(Surroundings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
    public static string Processor { get; } = ReadProcessor();
    public static string System { get; } = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>What others did meanwhile: a figure of a busy machine is a bad one.</summary>
    public static double LoadAverage => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    public static string Line => string.Create(CultureInfo.InvariantCulture,
        $"Ringwright {Version} on {Environment.ProcessorCount} cores, {Processor}; {System}; load {LoadAverage:F1}. SQLite, ledger on, "
        + $"call trace on, webhooks signed.");

    private static string ReadProcessor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();
}
