using System.Net;
using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class RemoteCandidatesTests
{
    private static RemoteCandidate At(int port, bool isTrusted = true) => new(new(IPAddress.Loopback, port)) { IsTrusted = isTrusted };

    [Fact]
    public void They_are_equal_when_each_of_them_is()
    {
        Assert.Equal(new RemoteCandidates(At(1), [At(2)]), new RemoteCandidates(At(1), [At(2)]));
        Assert.NotEqual(new RemoteCandidates(At(1), [At(2)]), new RemoteCandidates(At(1), [At(3)]));
        Assert.NotEqual(new RemoteCandidates(At(1), [At(2)]), new RemoteCandidates(At(1)));
        Assert.Equal(new RemoteCandidates(At(1)), new IPEndPoint(IPAddress.Loopback, 1));
    }

    [Fact]
    public void What_is_said_of_each_leaves_their_order() => Assert.Equal(
        new RemoteCandidates(At(1), [At(2, isTrusted: false), At(3)]),
        new RemoteCandidates(At(1), [At(2), At(3)]).Select(candidate => candidate with { IsTrusted = candidate.Address.Port != 2 }));
}
