using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Legs;

namespace Ringwright.Pure.Switch;

internal sealed partial class ShardRig
{
    /// <summary>What the shard asks for, at a rig: it is done at once and kept for the test, or there is nothing to do, by name.</summary>
    private sealed class Hands(ShardRig rig) : EffectInterpreter
    {
        private static void Nothing() { }

        protected override void Perform(Effect.Transmit transmit)
        {
            rig.OnTransmit?.Invoke(transmit);
            rig.Sent.Add(Encoding.UTF8.GetString(transmit.Datagram.Bytes.Span));
            rig.SentTo.Add(transmit.Datagram.To.Remote);
            rig.SentBy.Add(transmit.Datagram.To);
            rig._lastTransmit = transmit.Datagram;
        }

        protected override void Perform(Effect.Append append)
        {
            if (append.Happened is QueueEvent queue)
            {
                rig.Queues.Add(queue);
                if (IsTold(append)) Step(SubjectMessages.Committed(queue, true));
            }
            else if (append.Happened is ConferenceEvent conference)
            {
                rig.Conferences.Add(conference);
                if (IsTold(append)) Step(SubjectMessages.Committed(conference, true));
            }
            else
            {
                var call = (CallEvent)append.Happened;
                rig.Events.Add(call);
                if (append.RecoveryBye is { } recoveryBye) rig.RecoveryByes[call.Leg.Id] = recoveryBye;
                if (call is CallEvent.LegEnded) rig.RecoveryByes.Remove(call.Leg.Id);
                if (IsTold(append)) Step(SubjectMessages.Committed(call, true));
            }
        }

        protected override void Perform(Effect.KeepRecoveryBye keepRecoveryBye)
        {
            var leg = keepRecoveryBye.Leg.Id;
            rig.KeptBetween++;
            rig.LastKept = keepRecoveryBye.Correlation ?? rig.LastKept;
            rig.RecoveryByes[leg] = keepRecoveryBye.RecoveryBye;
            if (keepRecoveryBye.Correlation is { } kept && rig.CommitsAtOnce) Step(new LegMessage.RecoveryByeKept(leg, kept, true));
        }

        protected override void Perform(Effect.RecoveryByeSent recoveryByeSent) => rig.Said.Add(recoveryByeSent);

        protected override void Perform(Effect.PreparePrompt preparePrompt) => Step(SubjectMessages.Prepared(preparePrompt.For,
            preparePrompt.Correlation, Sample.Prompt($"/cache/{preparePrompt.Correlation}")));

        protected override void Perform(Effect.Resolve resolve)
        {
            var place = resolve.Place;
            var found = rig.Names.TryGetValue(place.Host, out var named) ? named
                : IPAddress.TryParse(place.Host, out var address) ? [new(address, place.Port ?? 5060)] : [];
            SipFlow[] flows =
            [
                .. found.Select(remote => rig.Settings.Networks.On(new(place.Transport ?? SipTransport.Udp, remote), rig.Now))
                    .OfType<SipFlow>(),
            ];
            string? trouble = found.Count == 0 ? "there is no such name" : null;
            Step(new LegMessage.Resolved(resolve.Leg, resolve.Correlation, flows) { Trouble = trouble });
        }

        protected override void Perform(Effect.FindHost findHost)
        {
            rig.Looked.Add(findHost.Name);
            IReadOnlyList<IPAddress> addresses = rig.Hosts.TryGetValue(findHost.Name, out var host) ? [host] : [];
            if (rig.AnswersLookUps) Step(new ShardMessage.HostFound(findHost.Name, addresses));
        }

        protected override void Perform(Effect.Media media)
        {
            rig.Commands.Add(media.Command);
            if (media.Command is not MediaCommand.Close || !rig.ClosesPorts || !rig.OpenPorts.Remove(media.Command.Port)) return;
            var owner = rig.OwnerOf(media.Command.Port);
            var counted = new PortStatistics(100, 1, 2, 99, 3.5, 4.3);
            Step(SubjectMessages.Media(new MediaEvent.Closed(owner, media.Command.Port, counted)));
        }

        protected override void Perform(Effect.KeepRecording keepRecording) => rig.Recordings.Add(keepRecording.Recording);

        protected override void Perform(Effect.OpenLiveAudio openLiveAudio) => rig.LiveAudio.Add(openLiveAudio.Order);

        protected override void Perform(Effect.PressOnLiveAudio pressOnLiveAudio) => rig.PressedOnStreams.Add(pressOnLiveAudio.Key);

        protected override void Perform(Effect.CloseLiveAudio closeLiveAudio) => rig.ClosedStreams.Add(closeLiveAudio.Order);

        protected override void Perform(Effect.FinishLiveAudio finishLiveAudio) => rig.Finished.Add(finishLiveAudio);

        protected override void Perform(Effect.Passed passed) => rig.Passed.Add(passed);

        protected override void Perform(Effect.Send send)
        {
            if (rig.HoldsMessages) rig._messages.Enqueue(send.Message);
            else Step(send.Message);        // the rig has one shard only
        }

        protected override void Perform(Effect.TrunkRegistered trunkRegistered) => rig.TrunkOutcomes.Add(trunkRegistered);

        protected override void Perform(Effect.TrunkNews trunkNews) => rig.TrunkNews.Add(trunkNews);

        protected override void Perform(Effect.AwaitGate awaitGate) =>
            rig._thinking.Enqueue((rig._asking.Call, rig._asking.List, awaitGate.Correlation));

        protected override void Perform(Effect.GateLeave gateLeave) => rig.Leave(gateLeave.Leg);

        protected override void Perform(Effect.Acknowledge acknowledge) => rig._acks[acknowledge.Correlation] = acknowledge.Ack;

        protected override void Perform(Effect.Pinged pinged) => rig.Pings.Add(pinged.Answer.Status);

        protected override void Perform(Effect.TextAnswered textAnswered) => rig.Texts.Add(textAnswered);

        protected override void Perform(Effect.TextCame textCame) => rig.Texts.Add(textCame);

        protected override void Perform(Effect.RequestRefused requestRefused) => rig.Texts.Add(requestRefused);

        protected override void Perform(Effect.Noted noted) => rig.Notes.Add(noted.Sentence);

        protected override void Perform(Effect.Failed failed) => rig.Failures.Add(failed.Error);

        // For the call trace; what went over wires is in Sent.
        protected override void Perform(Effect.DialogBegan dialogBegan) => Nothing();

        // For the store; tests ask the book, which the shard writes itself.
        protected override void Perform(Effect.RegistrationChanged registrationChanged) => Nothing();

        // Notes for people and counts. Who was refused has read it on the wire, and the boards of trunks are the shard's own.
        protected override void Perform(Effect.RegisterRefused registerRefused) => Nothing();
        protected override void Perform(Effect.CallRefused callRefused) => Nothing();
        protected override void Perform(Effect.TrunkRefused trunkRefused) => Nothing();
        protected override void Perform(Effect.TrunkProbed trunkProbed) => Nothing();

        private bool IsTold(Effect.Append append) => append.IsAwaited && rig.CommitsAtOnce;

        private void Step(ShardMessage message) => rig.Step(message, rig.Now);
    }
}
