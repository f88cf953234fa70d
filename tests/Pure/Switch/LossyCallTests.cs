using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Pure.Switch;

/// <summary>
/// Two shards call each other over a network that loses, doubles and reorders, while both customers do whatever they like.
/// </summary>
public sealed class LossyCallTests
{
    [Theory, Seeds(200)]
    public void Whatever_is_lost_every_leg_ends_once_and_nothing_is_left(ulong seed)
    {
        var world = new World(seed);
        for (int call = 0; call < 5; call++) world.Call();
        world.RunFor(200);
        world.EndEverything();
        world.RunFor(300);

        foreach (var rig in world.Rigs)
        {
            Assert.Empty(rig.Failures);
            foreach (var leg in rig.Events.GroupBy(e => e.Leg.Id))
            {
                Assert.IsType<CallEvent.LegInitiated>(leg.First());
                Assert.IsType<CallEvent.LegEnded>(leg.Last());
                Assert.Single(leg.OfType<CallEvent.LegEnded>());
                Assert.True(leg.OfType<CallEvent.LegAnswered>().Count() <= 1);
                Assert.Single(leg.Select(e => e.Leg.StartedAt).Distinct());
                Assert.Equal(leg.OfType<CallEvent.PlaybackStarted>().Count(), leg.OfType<CallEvent.PlaybackEnded>().Count());
            }
            Assert.True(rig.State.IsEmpty, rig.State.ToString());
            Assert.Empty(rig.InGate);
            Assert.Empty(rig.OpenPorts);
        }
    }

    private sealed class World
    {
        private readonly Rng _rng;
        private readonly ShardRig _caller;
        private readonly ShardRig _callee;
        private readonly PriorityQueue<(ShardRig To, byte[] Bytes, IPEndPoint From), (long, int)> _wire = new();
        private int _order;
        private uint _calls;
        private Instant _now = new(10_000_000_000);

        public World(ulong seed)
        {
            _rng = new(seed);
            _caller = new(5060, seed);
            _callee = new(5070, seed + 1);
            _caller.OnTransmit = sent => Carry(sent, _callee, 5060);
            _callee.OnTransmit = sent => Carry(sent, _caller, 5070);
        }

        public ShardRig[] Rigs => [_caller, _callee];

        public void Call() => _caller.Dial(ShardRig.Request("sip:+4989456@127.0.0.1:5070") with
        {
            RingTimeout = TimeSpan.FromSeconds(5 + _rng.Next(60)),
            TimeLimit = TimeSpan.FromSeconds(30 + _rng.Next(60))
        }, ++_calls);

        public void RunFor(double seconds)
        {
            var end = _now + TimeSpan.FromSeconds(seconds);
            var step = _now;
            while (true)
            {
                var next = Instant.Min(Instant.Min(_caller.NextDue, _callee.NextDue), step);
                if (_wire.TryPeek(out _, out var at)) next = Instant.Min(next, new(at.Item1));
                if (next > end) break;
                _now = Instant.Max(_now, next);
                foreach (var rig in Rigs) rig.FireAt(_now);
                while (_wire.TryPeek(out var datagram, out at) && at.Item1 <= _now.Nanos)
                {
                    _wire.Dequeue();
                    datagram.To.Handle(new ShardMessage.Received(datagram.Bytes, SipFlow.Udp(datagram.From)));
                }
                if (step > _now) continue;
                step = _now + TimeSpan.FromMilliseconds(50 + _rng.Next(1_500));
                Meddle();
            }
            _now = end;
            foreach (var rig in Rigs) rig.FireAt(_now);
        }

        public void EndEverything()
        {
            foreach (var rig in Rigs) rig.Handle(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        }

        /// <summary>A customer does something, sensible or not.</summary>
        private void Meddle()
        {
            var rig = Rigs[_rng.Next(2)];
            var ended = rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id).ToHashSet();
            LegId[] legs = [.. rig.Events.Select(e => e.Leg.Id).Distinct().Where(id => !ended.Contains(id) || _rng.Chance(0.1))];
            if (legs.Length == 0) return;
            var leg = legs[_rng.Next(legs.Length)];
            LegCommand command = _rng.Next(16) switch
            {
                0 or 1 or 2 or 3 or 12 or 13 or 14 or 15 => new LegCommand.Answer(),
                4 => new LegCommand.Hangup(),
                5 => new LegCommand.Reject(_rng.Chance(0.5)),
                6 or 7 => new LegCommand.Play { Source = new PromptSource.Url("http://a/1.wav"), Stop = (StopWhat)_rng.Next(3) },
                8 => new LegCommand.Gather { Prompt = new PromptSource.Url("http://a/2.wav"), MaximumTries = 2 },
                9 => new LegCommand.StopPlayback(StopWhat.All),
                10 => new LegCommand.StopGather(),
                _ => new LegCommand.SetLabels { Labels = Labels.Of(("n", $"{_rng.Next(9)}")) },
            };
            rig.Command(command, leg);
            // Sometimes media has something to say to whoever it may concern.
            if (_rng.Chance(0.3) && rig.Commands.OfType<MediaCommand.Play>().LastOrDefault() is { } play)
                rig.Media(new MediaEvent.PlayEnded(leg, play.Port, play.Id, _rng.Chance(0.2)));
            if (_rng.Chance(0.2) && rig.OpenPorts.Count > 0) rig.Media(new MediaEvent.Digit(leg, rig.OpenPorts.First(), '5', 100));
        }

        private void Carry(Effect.Transmit sent, ShardRig to, int from)
        {
            if (_rng.Chance(0.2)) return;
            int copies = _rng.Chance(0.1) ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                long delay = 1_000_000L * (1 + _rng.Next(_rng.Chance(0.1) ? 2_000 : 50));
                _wire.Enqueue((to, sent.Datagram.Bytes.ToArray(), new(IPAddress.Loopback, from)), (to.Now.Nanos + delay, ++_order));
            }
        }
    }
}
