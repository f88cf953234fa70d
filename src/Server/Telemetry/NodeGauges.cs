using System.Diagnostics.Metrics;
using Ringwright.Admission;

namespace Ringwright.Server.Telemetry;

/// <summary>What a node holds in parts that measure nothing themselves.</summary>
internal sealed class NodeGauges : IDisposable
{
    private readonly Meter _meter = new("Ringwright.Server");

    public NodeGauges(DialGate gate, Func<int> programs)
    {
        _meter.CreateObservableGauge("ringwright.gate.legs",
            () => gate.CountByTenant().Select(counted =>
                new Measurement<int>(counted.Legs, new KeyValuePair<string, object?>("tenant", counted.Tenant.ToString()))),
            unit: null, "Legs that count towards a tenant's limit of channels, by tenant");
        // Always one: what it says are its labels.
        var build = new Measurement<int>(1, new KeyValuePair<string, object?>("version", ProgramVersion.Text),
            new KeyValuePair<string, object?>("runtime", Environment.Version.ToString()));
        _meter.CreateObservableGauge<int>("ringwright.build.info", () => build, unit: null,
            "Which program this is, and on which .NET it runs");
        _meter.CreateObservableGauge("ringwright.programs", programs, unit: null, "Programs inside the node that command a call");
    }

    public void Dispose() => _meter.Dispose();
}
