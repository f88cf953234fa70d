using Ringwright.Sip.Transactions;
using Ringwright.Switch;

namespace Ringwright.Net.Streams;

/// <summary>One message on its way to a connection.</summary>
/// <param name="Sender">The shard that hears when it fails; null when nobody cares.</param>
/// <param name="HasMoved">It comes from a connection that was lost; it is not taken to a third one.</param>
internal readonly record struct OutgoingMessage(TransactionOutput.Transmit What, Mailbox? Sender, bool HasMoved = false)
{
    public void Fail(bool isLost, string reason) => Sender?.Post(new ShardMessage.SendFailed(What, isLost, reason));
}
