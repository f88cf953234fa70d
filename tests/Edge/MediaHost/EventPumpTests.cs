using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;

namespace Ringwright.Edge.MediaHost;

/// <summary>What a tick has to tell is told together, and each of it whatever becomes of the others.</summary>
public sealed class EventPumpTests
{
    private const int NotTaken = 2604;

    [Fact]
    public void One_event_that_is_not_taken_takes_no_other_along()
    {
        PortId[] ports = [.. Enumerable.Range(0, 5).Select(index => PortId.Compose(1, index))];
        var told = new List<PortId>();
        var log = new Lines();
        using (var pump = new EventPump(rings: 1, Take, log))
        {
            foreach (var port in ports) pump.Ring(0).Put(new MediaEvent.Silent(new LegId(7), port));
            pump.Start();
        }
        Assert.Equal([ports[0], ports[1], ports[3], ports[4]], told);
        Assert.Single(log.Of(NotTaken));

        void Take(IReadOnlyList<MediaEvent> events)
        {
            if (events.Any(one => one.Port == ports[2])) throw new InvalidOperationException("It is too long for a frame.");
            told.AddRange(events.Select(one => one.Port));
        }
    }
}
