using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;
using Ringwright.Telefonie.Conferring;

namespace Ringwright.Edge.Telefonie;

public sealed class ConferenceNewsTests
{
    [Fact]
    public void Another_conference_of_whoever_made_one_is_not_told_as_that_one()
    {
        var tenant = new TenantId(Guid.NewGuid());
        var promise = new PromisedConference(Guid.NewGuid(), null, null, ConferenceStatus.Init, Script.Anchor.Wall,
            new() { [ConferenceNews.Field] = "http://127.0.0.1:9/conference" }, 0);
        var creator = ConferenceParty.Of(new Script(tenant).Facts with
        {
            Labels = Labels.Of((TelefonieLabels.ConferenceNews, ConferenceNews.LabelOf(promise))),
        });
        Assert.NotNull(Told(promise.Uuid));
        Assert.Null(Told(Guid.NewGuid()));

        OutboxMessage? Told(Guid uuid) => ConferenceNews.Of(new ConferenceEvent.ConferenceEnded(default, null)
        {
            Conference = new(default, uuid, tenant, "room", Script.At(1), creator), At = Script.At(2),
        }, Script.Anchor.Wall);
    }
}
