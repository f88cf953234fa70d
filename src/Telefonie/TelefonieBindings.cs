using Ringwright.Http;
using Ringwright.Telefonie.Calling;
using static Ringwright.Http.Bind;

namespace Ringwright.Telefonie;

/// <summary>One row for each operation that is there.</summary>
public static class TelefonieBindings
{
    public static BindingTable Of(Contract contract, TelefonieParts parts) => new(contract,
        [
            Handle("listCalls", op => TelefonieCalls.ListAsync(op, parts)),
            Handle("initiateCall", op => TelefonieDial.HandleAsync(op, parts)),
            Handle("getCall", op => TelefonieCalls.GetAsync(op, parts)),
            Handle("updateCall", op => TelefonieCallUpdate.HandleAsync(op, parts)),
            Handle("endCall", op => TelefonieCallUpdate.EndAsync(op, parts)),
            Handle("GetRecordingMedia", op => TelefonieRecordings.GetMediaAsync(op, parts)),
        ],
        static operation => $"Not built yet: {operation.Family.ToLowerInvariant()}.");

    /// <summary>To be read, and not to be called.</summary>
    public static BindingTable ReadOnly(Contract contract) => Of(contract, TelefonieParts.None);
}
