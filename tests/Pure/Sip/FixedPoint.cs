using Ringwright.Sip;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

/// <summary>What was read and written once stays as it is when it is read and written again, and says the same.</summary>
internal static class FixedPoint
{
    public static void Check(SipMessage message)
    {
        byte[] first = Write(message);
        Assert.Equal(ParseStatus.Ok, SipParser.TryParse(first, out var again));
        Assert.Equal(first, Write(again!)); // Ok brings a message
        Assert.Equal(message.GetType(), again!.GetType());
        Assert.True(message.Body.SequenceEqual(again.Body));
        Assert.True(message.CallId.SequenceEqual(again.CallId));
        Assert.Equal(message.CSeq.Number, again.CSeq.Number);
    }

    private static byte[] Write(SipMessage message)
    {
        byte[] into = new byte[Limits.MessageBytes * 2];
        Assert.True(message.TryWrite(into, out int written));
        Assert.False(message.TryWrite(into.AsSpan(0, written - 1), out _));
        return into[..written];
    }
}
