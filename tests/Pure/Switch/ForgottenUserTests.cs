using Ringwright.Calls;
using Ringwright.Switch.Registrations;

namespace Ringwright.Pure.Switch;

public sealed class ForgottenUserTests
{
    private const string Desk = "alice1";

    // Nothing goes to them meanwhile: it would be OPTIONS to five thousand phones that do not answer, two hundred thousand datagrams.
    private readonly ShardRig _rig = new(nat: new() { KeepAlive = KeepAliveKind.Off }) { Current = Phones.Snapshot() };
    private int _requests;

    [Fact]
    public void Users_who_exist_no_more_are_forgotten_once_they_are_registered_nowhere()
    {
        Register(Desk);
        // Each was a credential for one call: proven when it registered, deleted by now.
        for (int i = 0; i < 5_000; i++) Register($"caller{i}");
        Assert.Equal(5_001, _rig.Registrations.Count);
        _rig.Advance(4_000);
        for (int i = 0; i < 1_100; i++) Register($"newcomer{i}");
        Assert.InRange(_rig.Registrations.Count, 1_101, 1_200);
        Assert.Equal(RegistrationState.Expired, _rig.Registrations.StatusOf(Desk).State);
    }

    private void Register(string user) => _rig.ReceiveFrom(new(Phones.Desk, user), Phones.Request("REGISTER", user, ++_requests));
}
