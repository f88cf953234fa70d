using System.Net;
using System.Text;
using Ringwright.Sip;
using Ringwright.Sip.Messages;

namespace Ringwright.Simulation;

/// <summary>
/// A proxy that forks every INVITE to all its phones and passes every response back (RFC 3261 §16), without state: repeated requests get
/// the same branches, so the phones see repetitions. It does not record its route: what follows the answer goes past it.
/// </summary>
internal sealed class SimFork(SimWorld world, IPAddress address, IReadOnlyList<SimPhone> phones)
{
    private readonly IPEndPoint _address = new(address, 5060);

    public IPAddress Address { get; } = address;

    public void Receive(Parcel parcel)
    {
        string text = Encoding.UTF8.GetString(parcel.Bytes.Span);
        SipParser.TryParse(parcel.Bytes.Span, out var message);
        if (message is SipResponse) Return(text);
        else if (message is SipRequest request)
            for (int i = 0; i < phones.Count; i++) Forward(text, $"{request.TopVia.Branch.AsText()}.{i}", phones[i]);
    }

    private void Forward(string text, string branch, SimPhone phone)
    {
        int at = text.IndexOf("\r\n", StringComparison.Ordinal) + 2;
        Send(text.Insert(at, $"Via: SIP/2.0/UDP {_address};branch={branch};rport\r\n"), phone.Address);
    }

    /// <summary>Takes our Via off; the next one says where the response goes.</summary>
    private void Return(string text)
    {
        int at = text.IndexOf("Via:", StringComparison.Ordinal), end = text.IndexOf("\r\n", at, StringComparison.Ordinal) + 2;
        Send(text.Remove(at, end - at), world.Node.Address);
    }

    private void Send(string text, IPEndPoint to) =>
        world.Net.Handle(new(_address, to, Encoding.UTF8.GetBytes(text), IsMedia: false), world.Now);
}
