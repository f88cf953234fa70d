using Ringwright.Http;
using Ringwright.Telefonie.Calling;
using Ringwright.Telefonie.Conferring;
using Ringwright.Telefonie.Messaging;
using Ringwright.Telefonie.Numbers;
using static Ringwright.Http.Bind;

namespace Ringwright.Telefonie;

/// <summary>One row for each operation that is there.</summary>
public static class TelefonieBindings
{
    public static BindingTable Of(Contract contract, TelefonieParts parts) => new(contract, Rows(parts));

    /// <summary>To be read, and not to be called.</summary>
    public static BindingTable ReadOnly(Contract contract) => Of(contract, TelefonieParts.None);

    private static IEnumerable<Binding> Rows(TelefonieParts parts) =>
        [
            Handle("listCalls", op => TelefonieCalls.ListAsync(op, parts)),
            Handle("initiateCall", op => TelefonieDial.HandleAsync(op, parts)),
            Handle("getCall", op => TelefonieCalls.GetAsync(op, parts)),
            Handle("updateCall", op => TelefonieCallUpdate.HandleAsync(op, parts)),
            Handle("endCall", op => TelefonieCallUpdate.EndAsync(op, parts)),
            Handle("listConferences", op => TelefonieConferences.ListAsync(op, parts)),
            Handle("createConference", op => TelefonieConferences.CreateAsync(op, parts)),
            Handle("GetConference", op => TelefonieConferences.GetAsync(op, parts)),
            Handle("UpdateConference", op => TelefonieConferences.UpdateAsync(op, parts)),
            Handle("listConferenceParticipants", op => TelefonieParticipants.ListAsync(op, parts)),
            Handle("addConferenceParticipant", op => TelefonieParticipants.AddAsync(op, parts)),
            Handle("GetConferenceParticipant", op => TelefonieParticipants.GetAsync(op, parts)),
            Handle("UpdateConferenceParticipant", op => TelefonieParticipants.UpdateAsync(op, parts)),
            Handle("RemoveConferenceParticipant", op => TelefonieParticipants.RemoveAsync(op, parts)),
            Handle("listRecordings", op => TelefonieRecordings.ListAsync(op, parts)),
            Handle("getRecording", op => TelefonieRecordings.GetAsync(op, parts)),
            Handle("deleteRecording", op => TelefonieRecordings.DeleteAsync(op, parts)),
            Handle("listMessages", op => TelefonieMessages.ListAsync(op, parts)),
            Handle("sendMessage", op => TelefonieSend.HandleAsync(op, parts)),
            Handle("getMessage", op => TelefonieMessages.GetAsync(op, parts)),
            Handle("deleteMessage", op => TelefonieMessages.DeleteAsync(op, parts)),
            Handle("searchAvailableNumbers", op => TelefonieMarket.SearchAsync(op, parts)),
            Handle("purchaseNumber", op => TelefonieMarket.BuyAsync(op, parts)),
            Handle("listOwnedNumbers", op => TelefonieNumbers.ListAsync(op, parts)),
            Handle("getOwnedNumber", op => TelefonieNumbers.GetAsync(op, parts)),
            Handle("updateOwnedNumber", op => TelefonieNumbers.UpdateAsync(op, parts)),
            Handle("releaseNumber", op => TelefonieNumbers.ReleaseAsync(op, parts)),
            Handle("GetRecordingMedia", op => TelefonieRecordings.GetMediaAsync(op, parts)),
        ];
}
