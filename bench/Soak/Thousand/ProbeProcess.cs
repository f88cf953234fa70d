using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Soak.Thousand;

/// <summary>
/// The probes in a process of their own, which does nothing else: here they would wait for the collector
/// now and then, and blame the host for it.
/// </summary>
internal sealed class ProbeProcess : IDisposable
{
    private const string Name = "host-probe";

    private readonly Process _process = DriverProcess.Start(Name);

    /// <inheritdoc cref="HostProbe.HasPriority"/>
    public bool HasPriority { get; private set; } = true;

    /// <inheritdoc cref="HostProbe.Take"/>
    public async Task<HostSecond> TakeAsync(CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync("take".AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        string line = await _process.StandardOutput.ReadLineAsync(stop)
            ?? throw new BenchFailure("the probe ended in the middle of its work");
        string[] words = line.Split(' ');
        HasPriority = words[2] == bool.TrueString;
        return new(double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    public static Command Create()
    {
        var command = new Command(Name, "The probes' process.") { Hidden = true };
        command.SetAction(_ =>
        {
            using var probe = new HostProbe();
            while (Console.In.ReadLine() is not null)
            {
                var second = probe.Take();
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{second.LateMs} {second.StolenMs} {probe.HasPriority}"));
            }
            return 0;
        });
        return command;
    }
}
