using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;
using static Ringwright.Http.Bind;

namespace Ringwright.Texml.Twiml;

/// <summary>One row for each operation that is there.</summary>
public static class TwimlBindings
{
    public static BindingTable Of(Contract contract, TwimlParts parts) =>
        new(contract, Rows(parts), operation => TwimlUnbuilt.Reason(operation.Id, operation.Family));

    /// <summary>To be read, and not to be called.</summary>
    public static BindingTable ReadOnly(Contract contract) => Of(contract, TwimlParts.None);

    private static IEnumerable<Binding> Rows(TwimlParts parts) =>
    [
        Own("FetchAccount", op => new(TwimlAccounts.Get(op))),
        Handle("ListAccount", op => new(TwimlAccounts.List(op))),
        Own("FetchBalance", op => TwimlAccounts.GetBalance(op, parts)),

        Own("CreateCall", op => TwimlDial.Handle(op, parts)),
        Own("ListCall", op => TwimlCalls.List(op, parts)),
        Own("FetchCall", op => TwimlCalls.Get(op, parts)),
        Own("UpdateCall", op => TwimlCallUpdate.Handle(op, parts)),

        Own("CreateCallRecording", op => TwimlCallRecordings.Start(op, parts)),
        Own("ListCallRecording", op => TwimlRecordings.ListOfCall(op, parts)),
        Own("FetchCallRecording", op => TwimlRecordings.Get(op, parts)),
        Own("UpdateCallRecording", op => TwimlCallRecordings.Update(op, parts)),
        Own("DeleteCallRecording", op => TwimlRecordings.Delete(op, parts)),
        Own("CreateStream", op => TwimlCallServices.StartStream(op, parts)),
        Own("UpdateStream", op => TwimlCallServices.StopStream(op, parts)),
        Own("CreateCallSiprec", op => TwimlCallServices.StartSiprec(op, parts)),
        Own("UpdateCallSiprec", op => TwimlCallServices.StopSiprec(op, parts)),
        Own("CreateCallTranscription", op => TwimlCallTranscriptions.Start(op, parts)),
        Own("UpdateCallTranscription", op => TwimlCallTranscriptions.Stop(op, parts)),
        Own("ListRecording", op => TwimlRecordings.List(op, parts)),
        Own("FetchRecording", op => TwimlRecordings.Get(op, parts)),
        Own("DeleteRecording", op => TwimlRecordings.Delete(op, parts)),
        Download("FetchRecordingMedia", op => TwimlRecordings.GetMedia(op, parts, null)),
        Download("FetchRecordingMediaWav", op => TwimlRecordings.GetMedia(op, parts, RecordFormat.Wav)),
        Download("FetchRecordingMediaMp3", op => TwimlRecordings.GetMedia(op, parts, RecordFormat.Mp3)),

        Own("ListTranscription", op => TwimlTranscriptions.List(op, parts)),
        Own("FetchTranscription", op => TwimlTranscriptions.Get(op, parts)),
        Own("DeleteTranscription", op => TwimlTranscriptions.Delete(op, parts)),
        Own("ListRecordingTranscription", op => TwimlTranscriptions.ListOfRecording(op, parts)),
        Own("FetchRecordingTranscription", op => TwimlTranscriptions.Get(op, parts)),
        Own("DeleteRecordingTranscription", op => TwimlTranscriptions.Delete(op, parts)),

        Own("ListConference", op => TwimlConferences.List(op, parts)),
        Own("FetchConference", op => TwimlConferences.Get(op, parts)),
        Own("UpdateConference", op => TwimlConferences.Update(op, parts)),
        Own("ListConferenceRecording", op => TwimlRecordings.ListOfConference(op, parts)),
        Own("FetchConferenceRecording", op => TwimlRecordings.Get(op, parts)),
        Own("UpdateConferenceRecording", op => TwimlCallRecordings.UpdateOfConference(op, parts)),
        Own("DeleteConferenceRecording", op => TwimlRecordings.Delete(op, parts)),
        Own("CreateParticipant", op => TwimlParticipantDial.Handle(op, parts)),
        Own("ListParticipant", op => TwimlParticipants.List(op, parts)),
        Own("FetchParticipant", op => TwimlParticipants.Get(op, parts)),
        Own("UpdateParticipant", op => TwimlParticipants.Update(op, parts)),
        Own("DeleteParticipant", op => TwimlParticipants.Delete(op, parts)),

        Own("CreateQueue", op => TwimlQueues.Create(op, parts)),
        Own("ListQueue", op => TwimlQueues.List(op, parts)),
        Own("FetchQueue", op => TwimlQueues.Get(op, parts)),
        Own("UpdateQueue", op => TwimlQueues.Update(op, parts)),
        Own("DeleteQueue", op => TwimlQueues.Delete(op, parts)),
        Own("ListMember", op => TwimlQueues.ListMembers(op, parts)),
        Own("FetchMember", op => TwimlQueues.GetMember(op, parts)),
        Own("UpdateMember", op => TwimlQueues.UpdateMember(op, parts)),

        Own("CreateApplication", op => TwimlApplications.Create(op, parts)),
        Own("ListApplication", op => TwimlApplications.List(op, parts)),
        Own("FetchApplication", op => TwimlApplications.Get(op, parts)),
        Own("UpdateApplication", op => TwimlApplications.Update(op, parts)),
        Own("DeleteApplication", op => TwimlApplications.Delete(op, parts)),
        Own("ListAvailablePhoneNumberLocal", op => TwimlMarket.List(op, parts, StockType.Local, "Local")),
        Own("ListAvailablePhoneNumberMobile", op => TwimlMarket.List(op, parts, StockType.Mobile, "Mobile")),
        Own("ListNational", op => TwimlMarket.List(op, parts, StockType.National, "National")),
        Own("ListAvailablePhoneNumberTollFree", op => TwimlMarket.List(op, parts, StockType.TollFree, "TollFree")),
        Own("CreateIncomingPhoneNumber", op => TwimlMarket.Buy(op, parts)),
        Own("ListIncomingPhoneNumber", op => TwimlNumbers.List(op, parts)),
        Own("FetchIncomingPhoneNumber", op => TwimlNumbers.Get(op, parts)),
        Own("UpdateIncomingPhoneNumber", op => TwimlNumbers.Update(op, parts)),
        Own("DeleteIncomingPhoneNumber", op => TwimlNumbers.Delete(op, parts)),

        Own("ListOutgoingCallerId", op => TwimlCallerIds.List(op, parts)),
        Own("CreateValidationRequest", op => TwimlCallerIds.Validate(op, parts)),
        Own("FetchOutgoingCallerId", op => TwimlCallerIds.Get(op, parts)),
        Own("UpdateOutgoingCallerId", op => TwimlCallerIds.Update(op, parts)),
        Own("DeleteOutgoingCallerId", op => TwimlCallerIds.Delete(op, parts)),

        Own("CreateMessage", op => TwimlMessageSend.Handle(op, parts)),
        Own("ListMessage", op => TwimlMessages.List(op, parts)),
        Own("FetchMessage", op => TwimlMessages.Get(op, parts)),
        Own("DeleteMessage", op => TwimlMessages.Delete(op, parts)),
    ];

    /// <summary>Of the caller's own account, and of no field that it does not know.</summary>
    private static Binding Own(string operation, Func<OperationContext, ValueTask<Reply>> handler) => Handle(operation, op =>
        op.Path("AccountSid") != TwimlSids.Account(op.Tenant) ? new(op.Unknown("AccountSid"))
            : UnknownField(op) is { } problem ? new(op.Fail(problem)) : handler(op));

    private static Problem? UnknownField(OperationContext op) =>
        op.ReadObject().FirstOrDefault(field => op.BodySchema?.FindProperty(field.Key) is null && Asks(op, field)) is { Key: { } unknown }
            ? TwimlErrors.Bad(unknown, $"{unknown} is no parameter of this request.") : null;

    /// <summary>
    /// Nothing is asked for by what is empty or false, nor by the account's own name, which programs that write their requests themselves
    /// send in the body as well.
    /// </summary>
    private static bool Asks(OperationContext op, KeyValuePair<string, JsonNode?> field) => field.Value is { } value
        && value.ToString() is var said && said.Length > 0 && !said.Equals("false", StringComparison.OrdinalIgnoreCase)
        && !(field.Key == "AccountSid" && said == TwimlSids.Account(op.Tenant));
}
