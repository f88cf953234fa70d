using Ringwright.Admission.Numbering;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>The node's own answers are paid like any other text.</summary>
public sealed class HeldMoneyTests
{
    [Fact]
    public async Task An_answer_does_not_spend_what_live_calls_hold()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Sqlite);
        var tenant = await test.TenantAsync();
        await test.Database.Numbers.ImportAsync(
            [Imported.Number(new(CarrierRig.Own, tenant, null) { MessagingProfile = Guid.NewGuid() }, 1, test.Time.GetUtcNow())],
            TestDatabase.Stop);
        await test.Database.MoneyAccounts.ChangeAsync(tenant, account => account with { CreditLimitMicros = 10_000 },
            AuditActor.Operator, TestDatabase.Stop);
        var desk = new TextDesk(test.Database, new CarrierRig.OneProfile(), NumberingPlans.Load(), new Held());
        var receiver = (await desk.FindReceiverAsync(CarrierRig.Own, TestDatabase.Stop))!;
        Assert.Equal(3_000, Assert.Single(receiver.Allowance.Credits!).LimitMicros);
    }

    private sealed class Held : IHolds
    {
        public ValueTask<long> HeldMicrosAsync(TenantId tenant, string currency, CancellationToken stop) =>
            new(currency == "USD" ? 7_000 : 0);
    }
}
