using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Voice.Calls;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Voice;

/// <summary>Call control, its applications and its outbound profiles.</summary>
internal static class Bindings
{
    /// <param name="assistants">Those that calls are answered and dialled with.</param>
    public static IEnumerable<Binding> Rows(VoiceParts parts, AssistantParts assistants)
    {
        var applications = CallControlApplications.Kind(parts);
        var documents = TexmlApplications.Kind(parts);
        var profiles = OutboundVoiceProfiles.Kind(parts);
        return
        [
            Crud("ListCallControlApplications", applications),
            Crud("CreateCallControlApplication", applications),
            Crud("RetrieveCallControlApplication", applications),
            Crud("UpdateCallControlApplication", applications),
            Crud("DeleteCallControlApplication", applications),

            Crud("FindTexmlApplications", documents),
            Crud("CreateTexmlApplication", documents),
            Crud("GetTexmlApplication", documents),
            Crud("UpdateTexmlApplication", documents),
            Crud("DeleteTexmlApplication", documents),

            Crud("ListOutboundVoiceProfiles", profiles),
            Crud("CreateVoiceProfile", profiles),
            Crud("GetOutboundVoiceProfile", profiles),
            Crud("UpdateOutboundVoiceProfile", profiles),
            Crud("DeleteOutboundVoiceProfile", profiles),

            RequestKeys.Once("DialCall", () => parts.Store, op => Dial.Handle(op, parts, assistants)),
            Handle("RetrieveCallStatus", op => RetrieveCall.Handle(op, parts)),
            Handle("ListConnectionActiveCalls", op => ActiveCalls.Handle(op, parts)),
            Handle("ListCallEvents", op => CallEvents.List(op, parts)),
            Handle("RetrieveCallTrace", op => RetrieveCallTrace.Handle(op, parts)),

            Handle("GetRecordings", op => Recordings.List(op, parts)),
            Handle("GetRecording", op => Recordings.Get(op, parts)),
            Handle("DeleteRecording", op => Recordings.Delete(op, parts)),
            Handle("DeleteRecordings", op => Recordings.DeleteMany(op, parts)),
            Handle("getRecordingTranscriptions", op => RecordingTranscripts.List(op, parts)),
            Handle("getRecordingTranscription", op => RecordingTranscripts.Get(op, parts)),
            Handle("deleteRecordingTranscription", op => RecordingTranscripts.Delete(op, parts)),
            Handle("CreateCustomStorageCredentials", op => CustomStorage.Create(op, parts)),
            Handle("GetCustomStorageCredentials", op => CustomStorage.Get(op, parts)),
            Handle("UpdateCustomStorageCredentials", op => CustomStorage.Update(op, parts)),
            Handle("DeleteCustomStorageCredentials", op => CustomStorage.Delete(op, parts)),

            Act("AnswerCall", async op =>
            {
                var body = Read(op);
                if (await BillingGroups.CheckReferenceAsync(op, body.Json, before: null, parts.Store) is { } nobody) return nobody;
                var recording = await Answer.FindRecordingAsync(op, parts, body);
                var answer = Answer.Map(body, recording);
                if (body.Has("assistant")) return await Answer.WithAssistantAsync(op, parts, body, answer, new(assistants));
                return body.Has(CallRelay.Config) ? await CallRelay.FromAnswerAsync(op, assistants, body, answer) : Mapped(body, answer);
            }),
            Command("RejectCall", Reject.Map),
            Command("HangupCall", Hangup.Map),
            Command("SpeakCall", SpeakAction.Map),
            Command("StartCallPlayback", PlaybackStart.Map),
            Command("StopCallPlayback", PlaybackStop.Map),
            Command("GatherCall", GatherAction.Map),
            Command("GatherUsingSpeak", GatherUsingSpeak.Map),
            Command("GatherUsingAudio", GatherUsingAudio.Map),
            Command("StopCallGather", GatherStop.Map),
            Command("SendDTMF", SendDtmf.Map),
            Command("SendSIPInfo", SendSipInfo.Map),
            Command("ReferCall", ReferAction.Map),
            Command("UpdateClientState", ClientStateUpdate.Map),
            Act("EnqueueCall", async op =>
            {
                var body = Read(op);
                return Mapped(body, await QueueActions.EnqueueAsync(op, body, parts));
            }),
            Command("LeaveQueue", QueueActions.Leave),
            // Newer clients know these four.
            Handle("ListCallQueues", op => Queues.List(op, parts)),
            Handle("CreateCallQueue", op => Queues.Create(op, parts)),
            Handle("UpdateCallQueue", op => Queues.Update(op, parts)),
            Handle("DeleteCallQueue", op => Queues.Delete(op, parts)),
            Handle("RetrieveCallQueue", op => Queues.Get(op, parts)),
            Handle("ListQueueCalls", op => Queues.ListCalls(op, parts)),
            Handle("RetrieveCallFromQueue", op => Queues.GetCall(op, parts)),
            Command("noiseSuppressionStart", SuppressionActions.Start),
            Command("noiseSuppressionStop", SuppressionActions.Stop),
            Command("SwitchSupervisorRole", SupervisorActions.Switch),
            Command("TransferCall", Transfer.Map),
            Command("StartCallRecord", RecordMap.Start),
            Command("PauseCallRecording", RecordMap.Pause),
            Command("ResumeCallRecording", RecordMap.Resume),
            Command("StopCallRecording", RecordMap.Stop),
            Command("StartCallStreaming", StreamMap.Start),
            Command("StopCallStreaming", StreamMap.Stop),
            Command("StartCallTranscription", TranscriptionMap.Start),
            Command("StopCallTranscription", TranscriptionMap.Stop),
            Command("StartCallFork", ForkMap.Start),
            Command("StopCallFork", ForkMap.Stop),
            Act("StartSiprecSession", async op =>
            {
                var body = Read(op);
                return Mapped(body, await SiprecMap.StartAsync(op, body, parts.Store));
            }),
            Command("StopSiprecSession", SiprecMap.Stop),
            Act("BridgeCall", op => Mapping(op,
                body => BridgeAction.Map(body, text => parts.Ids.TryReadCallControl(text, op.Tenant, out var leg) ? leg : null))),
        ];

        Binding Command(string operation, Func<VoiceBody, LegCommand?> map) => Act(operation, op => Mapping(op, map));

        ValueTask<Mapped> Mapping(OperationContext op, Func<VoiceBody, LegCommand?> map)
        {
            var body = Read(op);
            return new(Mapped(body, map(body)));
        }

        VoiceBody Read(OperationContext op) => VoiceBody.Of(op, parts);

        // A map returns null only where it has said in the body's problems why.
        static Mapped Mapped(VoiceBody body, LegCommand? command) =>
            body.Problems.Count > 0 || command is null ? (Mapped)body.Problems[0] : command;
    }
}
