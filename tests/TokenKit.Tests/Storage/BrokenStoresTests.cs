using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The contract is worth something only if it catches what people get wrong.</summary>
public sealed class BrokenStoresTests
{
    [Theory]
    [InlineData(Fault.ChecksAndThenWrites, "Of_many_writers_to_an_absent_key_one_wins")]
    [InlineData(Fault.ChecksAndThenWrites, "Of_many_writers_over_one_version_one_wins")]
    [InlineData(Fault.StartsVersionsAgainAfterARemoval, "A_version_is_not_used_again_after_a_removal")]
    [InlineData(Fault.IgnoresTheCaseOfNames, "Keys_are_never_confused")]
    [InlineData(Fault.JoinsThePartsOfKeys, "Keys_are_never_confused")]
    [InlineData(Fault.IgnoresTheKindOfKeys, "Keys_are_never_confused")]
    [InlineData(Fault.IgnoresTheKindOfKeys, "Two_kinds_of_one_name_do_not_meet")]
    [InlineData(Fault.ForgetsTheFenceOnRemoval, "A_removal_leaves_the_fence")]
    [InlineData(Fault.KeepsTheCallersBytes, "The_bytes_are_not_kept_after_the_call")]
    [InlineData(Fault.TakesEmptyForAbsent, "An_empty_value_is_stored_and_not_absent")]
    [InlineData(Fault.ComparesEpochsWithoutSequence, "WrittenBefore_orders_writes_by_epoch_and_then_by_sequence")]
    [InlineData(Fault.IgnoresTheConditionOfARemoval, "A_removal_obeys_its_condition")]
    [InlineData(Fault.CutsValuesAt64KiB, "A_large_value_is_read_back_byte_for_byte")]
    [InlineData(Fault.ComparesEpochsWithoutSequence, "A_large_value_obeys_conditions")]
    public async Task The_contract_catches_it(Fault fault, string check)
    {
        var contract = new BrokenContract(fault);

        var run = contract.Checks.Single(candidate => candidate.Name == check).RunAsync;

        await run.Should().ThrowAsync<ContractViolationException>();
    }

    [Fact]
    public async Task The_same_store_without_a_fault_keeps_the_contract()
    {
        foreach (var check in new BrokenContract(Fault.None).Checks)
        {
            await check.RunAsync();
        }
    }

    [Theory]
    [InlineData(LeaseFault.ExcludesNobody, "A_lease_that_is_held_is_not_given_out_again")]
    [InlineData(LeaseFault.ExcludesNobody, "Of_many_who_try_one_gets_the_lease")]
    [InlineData(LeaseFault.AdvanceFencesNobody, "An_advanced_epoch_fences_the_running_holder")]
    [InlineData(LeaseFault.AdvanceFencesNobody, "An_advanced_epoch_fences_also_where_nothing_is_stored")]
    [InlineData(LeaseFault.FencesTheLateHolder, "A_new_lease_does_not_fence_its_late_predecessor")]
    [InlineData(LeaseFault.LosesTheState, "A_state_is_handed_to_the_next_holder")]
    [InlineData(LeaseFault.CountsAgesFromTheWrite, "An_age_counts_from_the_instant_that_its_write_names")]
    [InlineData(LeaseFault.IgnoresTheKindOfLeases, "Leases_and_epochs_of_two_kinds_of_one_name_do_not_meet")]
    [InlineData(LeaseFault.IgnoresTheKindOfEpochs, "Leases_and_epochs_of_two_kinds_of_one_name_do_not_meet")]
    [InlineData(LeaseFault.IgnoresWhatIsStored, "News_are_told_and_no_lease_is_taken")]
    [InlineData(LeaseFault.IgnoresWhatIsStored, "A_removal_is_news")]
    [InlineData(LeaseFault.IgnoresTheWait, "A_wait_stands_against_a_lease_unless_it_is_overridden")]
    [InlineData(LeaseFault.TellsNoNewsWhileItIsHeld, "News_are_told_also_while_another_holder_has_the_lease")]
    [InlineData(LeaseFault.TellsNoLastEpoch, "A_wait_stands_against_a_lease_unless_it_is_overridden")]
    [InlineData(LeaseFault.RenewsWithoutTheEntry, "A_renewal_tells_what_is_stored")]
    [InlineData(LeaseFault.GivesTheLeaseBackWithARefusedWrite, "A_refused_write_gives_nothing_back")]
    [InlineData(LeaseFault.GivesTheLeaseOfTheSuccessorBack, "A_late_write_lands_and_leaves_the_lease_and_state_of_its_successor_alone")]
    [InlineData(LeaseFault.KeepsTheLeaseAfterTheLastWrite, "The_last_write_gives_the_lease_back_and_leaves_a_state")]
    [InlineData(LeaseFault.FencesWritesByOwnership, "A_late_write_lands_and_leaves_the_lease_and_state_of_its_successor_alone")]
    public async Task The_contract_catches_it_in_leases(LeaseFault fault, string check)
    {
        var run = new BrokenLeaseContract(fault).Checks.Single(candidate => candidate.Name == check).RunAsync;

        await run.Should().ThrowAsync<ContractViolationException>();
    }

    [Theory]
    [InlineData(ListFault.IgnoresKinds, "A_listing_keeps_kinds_apart")]
    [InlineData(ListFault.IgnoresEnvironments, "A_listing_is_of_one_environment_and_of_names_with_one_beginning")]
    [InlineData(ListFault.ListsWhatIsNotDue, "Only_what_is_due_is_listed_where_that_is_asked_for")]
    [InlineData(ListFault.ListsWhatWasRemoved, "What_was_removed_is_not_listed")]
    [InlineData(ListFault.HasNoOrder, "What_is_due_first_is_listed_first_and_what_is_never_due_last")]
    [InlineData(ListFault.EndsAfterAPage, "Pages_hold_everything_once")]
    [InlineData(ListFault.SaysAnotherVersion, "A_listing_says_the_version_and_the_age")]
    [InlineData(ListFault.ForgetsTheEnd, "A_listing_says_what_the_write_said")]
    public async Task The_contract_catches_it_in_listings(ListFault fault, string check)
    {
        var run = new CatalogContract(fault).Checks.Single(candidate => candidate.Name == check).RunAsync;

        await run.Should().ThrowAsync<ContractViolationException>();
    }

    [Fact]
    public async Task The_same_store_without_a_fault_in_its_lists_keeps_the_contract()
    {
        foreach (var check in new CatalogContract(ListFault.None).Checks)
        {
            await check.RunAsync();
        }
    }

    [Fact]
    public async Task A_store_without_leases_is_told_what_to_do_where_leases_are_demanded()
    {
        var check = new BrokenLeaseContract(LeaseFault.IsNoProvider).Checks
            .Single(static check => check.Name == "A_renewed_lease_is_still_held");

        await check.RunAsync.Should().ThrowAsync<ContractViolationException>().WithMessage("*HasLeases*");
    }

    [Fact]
    public void The_names_of_checks_are_unique()
    {
        new BrokenLeaseContract(LeaseFault.IsNoProvider).Checks.Select(static check => check.Name).Should().OnlyHaveUniqueItems();
    }

    private sealed class BrokenContract(Fault fault) : SecretStoreContract
    {
        protected override bool HasLeases => false;

        protected override ValueTask<StoreUnderTest> OpenAsync() => new(new StoreUnderTest { Store = new NaiveStore(fault) });
    }

    private sealed class CatalogContract(ListFault fault) : SecretStoreContract
    {
        // Its leases are those of the store in memory.
        protected override bool HasLeases => false;

        protected override ValueTask<StoreUnderTest> OpenAsync() => new(new StoreUnderTest { Store = new ListedStore { Fault = fault } });
    }

    private sealed class BrokenLeaseContract(LeaseFault fault) : SecretStoreContract
    {
        protected override ValueTask<StoreUnderTest> OpenAsync()
        {
            var time = new ManualTimeProvider();
            ISecretStore store = fault == LeaseFault.IsNoProvider
                ? new NaiveStore(Fault.None)
                : new NaiveLeaseStore(fault, new InMemorySecretStore(time));
            return new(new StoreUnderTest
            {
                Store = store,
                LoseLease = _ =>
                {
                    time.Advance(TimeSpan.FromDays(1));
                    return ValueTask.CompletedTask;
                },
            });
        }
    }
}
