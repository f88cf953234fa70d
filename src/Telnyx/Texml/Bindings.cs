using Ringwright.Http;
using Ringwright.Telnyx.Voice;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Texml;

/// <summary>Calls that documents command, as resources, and what is made of them.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(VoiceParts parts) =>
    [
        Handle("InitiateTexmlCall", op => InitiateCall.Handle(op, parts)),
        Handle("GetTexmlCalls", op => CallResources.List(op, parts)),
        Handle("GetTexmlCall", op => CallResources.Get(op, parts)),
        Handle("UpdateTexmlCall", op => UpdateCall.Handle(op, parts)),
        Handle("DeprecatedInitiateTexmlCall", op => InitiateCall.HandleOld(op, parts)),
        Handle("DeprecatedUpdateTexmlCall", op => UpdateCall.HandleOld(op, parts)),

        Handle("FetchTeXMLCallRecordings", op => RecordingResources.ListOfCall(op, parts)),
        Handle("StartTeXMLCallRecording", op => CallRecordings.Start(op, parts)),
        Handle("UpdateTeXMLCallRecording", op => CallRecordings.Update(op, parts)),
        Handle("GetTeXMLCallRecordings", op => RecordingResources.List(op, parts)),
        Handle("GetTeXMLCallRecording", op => RecordingResources.Get(op, parts)),
        Handle("DeleteTeXMLCallRecording", op => RecordingResources.Delete(op, parts)),
        Handle("GetTexmlConferenceRecordings", op => RecordingResources.ListOfConferenceOld(op, parts)),
        Handle("FetchTeXMLConferenceRecordings", op => RecordingResources.ListOfConference(op, parts)),
        Handle("GetTeXMLRecordingTranscriptions", op => TranscriptionResources.List(op, parts)),
        Handle("GetTeXMLRecordingTranscription", op => TranscriptionResources.Get(op, parts)),
        Handle("DeleteTeXMLRecordingTranscription", op => TranscriptionResources.Delete(op, parts)),

        Handle("GetTexmlConferences", op => ConferenceResources.List(op, parts)),
        Handle("GetTexmlConference", op => ConferenceResources.Get(op, parts)),
        Handle("UpdateTexmlConference", op => ConferenceResources.Update(op, parts)),
        Handle("GetTexmlConferenceParticipants", op => ParticipantResources.List(op, parts)),
        Handle("DialTexmlConferenceParticipant", op => DialParticipant.Handle(op, parts)),
        Handle("GetTexmlConferenceParticipant", op => ParticipantResources.Get(op, parts)),
        Handle("UpdateTexmlConferenceParticipant", op => ParticipantResources.Update(op, parts)),
        Handle("DeleteTexmlConferenceParticipant", op => ParticipantResources.Delete(op, parts)),

        Handle("ListTexmlQueues", op => QueueResources.List(op, parts)),
        Handle("GetTexmlQueue", op => QueueResources.Get(op, parts)),
        Handle("ListTexmlQueueMembers", op => QueueResources.ListMembers(op, parts)),
        Handle("GetTexmlQueueMember", op => QueueResources.GetMember(op, parts)),
        Handle("UpdateTexmlQueueMember", op => QueueResources.UpdateMember(op, parts)),

        Handle("StartTeXMLCallStreaming", op => CallStreams.Start(op, parts)),
        Handle("UpdateTeXMLCallStreaming", op => CallStreams.Stop(op, parts)),
        Handle("StartTeXMLSiprecSession", op => CallSiprecs.Start(op, parts)),
        Handle("UpdateTeXMLSiprecSession", op => CallSiprecs.Stop(op, parts)),
        Handle("CreateTexmlSecret", op => TexmlSecrets.Create(op, parts)),
    ];
}
